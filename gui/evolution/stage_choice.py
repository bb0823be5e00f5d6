"""One stage to compare: a run and one of its steps, chosen from two boxes."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from backend.domain.evolution import EvolutionRun
from gui.calm import CalmComboBox
from gui.evolution import words

_LEAST_CHARACTERS = 12


class StageChoice(QWidget):
    """Keeps what was chosen when runs come and steps are added."""

    changed = Signal()
    """The user chose another stage."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._runs: tuple[EvolutionRun, ...] = ()
        side = title.replace("&", "")
        self.run = _box(self.tr("{side}: the training").format(side=side))
        self.step = _box(self.tr("{side}: the step").format(side=side))
        self.label = QLabel(title)
        self.label.setBuddy(self.run)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.label)
        row.addWidget(self.run, 3)
        row.addWidget(self.step, 1)
        self.run.activated.connect(self._choose_run)
        self.step.activated.connect(self.changed)

    @property
    def chosen(self) -> tuple[int, int] | None:
        """Run and step; None where there is nothing to choose from."""
        run, step = self.run.currentData(), self.step.currentData()
        return None if run is None or step is None else (int(run), int(step))

    def choose(self, stage: tuple[int, int] | None) -> None:
        """Go to it without telling; a step that is not there leaves the last one."""
        if stage is not None:
            self.run.setCurrentIndex(self.run.findData(stage[0]))
            self._fill_steps(stage[1])

    def show_runs(self, runs: Sequence[EvolutionRun]) -> None:
        """Args: runs: newest first; those without a snapshot cannot be chosen."""
        chosen = self.chosen
        self._runs = tuple(run for run in runs if run.steps)
        _fill(self.run, [(words.run(run), run.id) for run in self._runs])
        self.choose(chosen)

    def _fill_steps(self, wanted: int | None) -> None:
        steps = next((run.steps for run in self._runs if run.id == self.run.currentData()), ())
        _fill(self.step, [(self.tr("step {step}").format(step=f"{step:,}"), step) for step in steps])
        place = self.step.findData(wanted)
        self.step.setCurrentIndex(self.step.count() - 1 if place < 0 else place)

    @Slot()
    def _choose_run(self) -> None:
        self._fill_steps(None)
        self.changed.emit()


def _box(name: str) -> QComboBox:
    box = CalmComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_LEAST_CHARACTERS)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def _fill(box: QComboBox, items: Sequence[tuple[str, int]]) -> None:
    """In place, so that a list that is open stays so."""
    for place, (shown, number) in enumerate(items):
        if place >= box.count():
            box.addItem("")
        box.setItemText(place, shown)
        box.setItemData(place, number)
    while box.count() > len(items):
        box.removeItem(box.count() - 1)
