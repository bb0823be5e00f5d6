"""Two versions compared: settings, lineage, losses, and what each answered to the examples that both know."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QSplitter, QTabWidget, QVBoxLayout, QWidget

from backend.datasets.visible import visible
from backend.domain.version import VersionCard
from backend.evolution.difference import difference
from backend.protocol.host import Failure, Reply, Request
from backend.protocol.keeping import CompareVersions, ExampleDifference, VersionComparison
from gui import format as text
from gui.dialogs.fact_grid import FactGrid
from gui.dialogs.frame import DialogFrame
from gui.evolution.text_box import TextBox
from gui.history import gate_words
from gui.history.compared_columns import CONTEXT, EXAMPLES, SETTINGS, Became, became
from gui.history.facts import trained
from gui.table.model import RANK_ROLE, TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(980, 680)


class VersionsCompared(DialogFrame):
    """Asks once: versions never change."""

    def __init__(self, one: str, other: str, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(f"versions-{one}-{other}", theme, parent)
        self._one, self._other = one, other
        heading = self.tr("{one} and {other}").format(one=one, other=other)
        settings = TableModel(SETTINGS, CONTEXT, lambda row: row.key, theme, self)
        examples = TableModel(EXAMPLES, CONTEXT, lambda row: row.example_id, theme, self)
        self.settings = TablePanel(settings, self.tr("Settings that differ"), self.tr("All settings are the same."))
        self.examples = TablePanel(
            examples, self.tr("Examples"), self.tr("The last snapshots of the two have no example in common.")
        )
        self.examples.sort_by(RANK_ROLE)
        self.answers = _Answers(one, other, theme)
        self.lineage = FactGrid()
        self.tabs = QTabWidget()
        self._fill_tabs()
        self.examples.chosen.connect(self._follow_row)
        self.arrange(heading, self.tabs, (), _SIZE)

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(CompareVersions(one=self._one, other=self._other))

    @Slot(object, object)
    def answer(self, _request: Request, reply: Reply) -> None:
        match reply:
            case VersionComparison():
                self._show(reply)
            case Failure():
                self.say_failure(reply)

    def _show(self, compared: VersionComparison) -> None:
        self.settings.model.show(compared.settings)
        self.examples.model.show(compared.examples)
        self.tabs.setTabText(0, self.tr("Evolution ({count})").format(count=f"{len(compared.examples):,}"))
        self.tabs.setTabText(1, self.tr("Settings ({count})").format(count=f"{len(compared.settings):,}"))
        self.about.setText(self._summary(compared))
        self.lineage.show_rows(self._lineage_of(compared))
        self.examples.select(lambda _: True)

    def _lineage_of(self, compared: VersionComparison) -> list[tuple[str, str]]:
        rows = [(self.tr("Both descend from"), visible(compared.common or "") or self.tr("nothing"))]
        for card, only in ((compared.one, compared.only_one), (compared.other, compared.only_other)):
            names = "\n".join(map(visible, only)) or text.NOTHING
            rows.append((self.tr("Only in {version}").format(version=card.id), names))
        for card in (compared.one, compared.other):
            rows.append((self.tr("{version} was trained on").format(version=card.id), _trainings(card)))
            gate = self.tr("not measured") if card.gate is None else gate_words.figures(card.gate)
            rows.append((self.tr("Losses of {version}").format(version=card.id), gate))
        return rows

    def _summary(self, compared: VersionComparison) -> str:
        kinds = Counter(map(became, compared.examples))
        if not compared.examples:
            return ""
        words = self.tr("From {one} to {other}: {learned} learned, {forgotten} forgotten, {right} right in both.")
        return words.format(
            one=self._one,
            other=self._other,
            learned=kinds[Became.LEARNED],
            forgotten=kinds[Became.FORGOTTEN],
            right=kinds[Became.RIGHT],
        )

    @Slot()
    def _follow_row(self) -> None:
        for row in self.examples.selected()[:1]:
            self.answers.show_example(row)

    def _fill_tabs(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.examples)
        split.addWidget(self.answers)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        lineage = QWidget()
        column = QVBoxLayout(lineage)
        column.addWidget(self.lineage)
        column.addStretch()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(_padded(split), self.tr("Evolution"))
        self.tabs.addTab(_padded(self.settings), self.tr("Settings"))
        self.tabs.addTab(lineage, self.tr("Lineage and losses"))


class _Answers(QWidget):
    """Question and expected answer above, the two answers below, each with its difference to what was expected."""

    def __init__(self, one: str, other: str, theme: ThemeKeeper) -> None:
        super().__init__()
        self._shown: ExampleDifference | None = None
        titles = (self.tr("Question"), self.tr("Expected answer"), one, other)
        self.boxes = [TextBox(title, theme) for title in titles]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.setHorizontalSpacing(8)
        for place, (title, box) in enumerate(zip(titles, self.boxes, strict=True)):
            label = QLabel(title)
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            grid.addWidget(label, place // 2 * 2, place % 2)
            grid.addWidget(box, place // 2 * 2 + 1, place % 2)
            grid.setColumnStretch(place % 2, 1)
        theme.changed.connect(self._show_again)

    def show_example(self, row: ExampleDifference) -> None:
        self._shown = row
        self.boxes[0].show_text(row.input)
        self.boxes[1].show_text(row.expected_output)
        for box, answer in zip(self.boxes[2:], (row.one_answer, row.other_answer), strict=True):
            if answer is None:
                box.say(self.tr("Not asked."))
            else:
                box.show_parts(difference(row.expected_output, answer).parts, answer)

    @Slot()
    def _show_again(self) -> None:
        if self._shown is not None:
            self.show_example(self._shown)


def _trainings(card: VersionCard) -> str:
    names: Sequence[str] = [trained(job) for job in card.jobs]
    return "\n".join(names) or text.NOTHING


def _padded(inner: QWidget) -> QWidget:
    outer = QWidget()
    column = QVBoxLayout(outer)
    column.setContentsMargins(0, 8, 0, 0)
    column.addWidget(inner)
    return outer
