"""What a consolidation would take and hold, and what the user says about the new version."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from backend.datasets.visible import visible
from backend.domain.version import Precision
from backend.protocol.keeping import Consolidate, ConsolidationPlan
from gui import format as text
from gui.dialogs.fact_grid import FactGrid

_FILES_SHOWN = 6


class PlanView(QWidget):
    """`precision_changed` asks for the plan anew: float32 takes more space."""

    precision_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.facts = FactGrid()
        self.name, self.description, self.tags = QLineEdit(), QLineEdit(), QLineEdit()
        self.float32 = QCheckBox(self.tr("Save in &float32: twice the size, nothing is rounded"))
        self.float32.setToolTip(self.tr("Otherwise float32 is taken only where the merge loses too much without it"))
        self.float32.toggled.connect(self.precision_changed)
        self.name.setMaxLength(80)
        self.name.setPlaceholderText(self.tr("from the last file trained"))
        self.description.setPlaceholderText(self.tr("what it is for, in a line"))
        self.tags.setPlaceholderText(self.tr("words with commas between them"))
        self.tags.setToolTip(self.tr("By tags a version is found again; they can be changed later"))
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Name"), self.name)
        form.addRow(self.tr("&Description"), self.description)
        form.addRow(self.tr("&Tags"), self.tags)
        form.addRow("", self.float32)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.facts)
        column.addLayout(form)
        column.addStretch()

    @property
    def precision(self) -> Precision:
        return Precision.FLOAT32 if self.float32.isChecked() else Precision.BASE

    @property
    def request(self) -> Consolidate:
        return Consolidate(
            name=self.name.text().strip(),
            description=self.description.text().strip(),
            tags=tags_in(self.tags.text()),
            precision=self.precision,
        )

    def show_plan(self, plan: ConsolidationPlan) -> None:
        words = self.tr("{needed} must be free, with what always stays free; {free} are")
        self.facts.show_rows(
            (
                (self.tr("Holds"), self._holds(plan.jobs)),
                (self.tr("Base"), visible(plan.base)),
                (self.tr("Takes"), self._takes(plan) if plan.version_bytes else ""),
                (
                    self.tr("Disk"),
                    words.format(needed=text.size(plan.needed_bytes), free=text.size(plan.free_bytes)),
                ),
            )
        )

    def _takes(self, plan: ConsolidationPlan) -> str:
        parts = [
            self.tr("version {size}").format(size=text.size(plan.version_bytes)),
            self.tr("backup {size}").format(size=text.size(plan.backup_bytes)),
        ]
        if plan.float32_bytes > plan.version_bytes and not self.float32.isChecked():
            parts.append(self.tr("version {size} where it needs float32").format(size=text.size(plan.float32_bytes)))
        return ", ".join(parts)

    def _holds(self, names: Sequence[str]) -> str:
        if not names:
            return self.tr("no training yet")
        shown = [visible(name) for name in names[:_FILES_SHOWN]]
        if more := len(names) - len(shown):
            shown.append(self.tr("and {count} more").format(count=f"{more:,}"))
        return self.tr("the training of {files}").format(files=", ".join(shown))


def tags_in(words: str) -> tuple[str, ...]:
    """What stands between commas, each once."""
    return tuple(dict.fromkeys(tag for part in words.split(",") if (tag := part.strip())))
