"""Two stages compared, of one run or of two: which examples were learned, forgotten, became better or worse."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from backend.domain.evolution import EvolutionRun
from backend.domain.snapshot import Snapshot
from backend.evolution.compare import Change, Compared, Comparison, compare
from backend.protocol.evolution import GetSnapshot, ListRuns, RunChanged, RunsReply, SnapshotReply
from backend.protocol.host import Failure, Reply, Request
from gui.calm import CalmComboBox
from gui.dialogs.frame import DialogFrame
from gui.evolution import compare_words
from gui.evolution.choice import CONTEXT
from gui.evolution.compare_columns import COLUMNS
from gui.evolution.side_by_side import SideBySide
from gui.evolution.stage_choice import StageChoice
from gui.table.model import RANK_ROLE, TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(980, 680)


class CompareDialog(DialogFrame):
    """Asks for two snapshots and shows what lies between them; a double click shows both answers."""

    def __init__(self, run: int | None, theme: ThemeKeeper, parent: QWidget) -> None:
        """`run` is the one to begin with: its first stage and its last; None takes the newest."""
        super().__init__("compare", theme, parent)
        heading = self.tr("Compare two stages")
        self._first_run = run
        self._runs: tuple[EvolutionRun, ...] = ()
        self._found: dict[tuple[int, int], Snapshot] = {}
        """The snapshots of the two stages that are chosen, as far as they came."""
        self._asked: set[tuple[int, int]] = set()
        """Stages whose snapshots are on their way, or are here."""
        self.comparison: Comparison | None = None
        self.before, self.after = StageChoice(self.tr("&Before")), StageChoice(self.tr("&After"))
        self.kind = CalmComboBox()
        self.search = QLineEdit()
        model = TableModel[Compared](COLUMNS, CONTEXT, lambda row: row.example_id, theme, self)
        self.table = TablePanel(model, heading, self.tr("No example is like this."))
        self.sides = SideBySide(theme)
        self.swap = QPushButton(self.tr("Swap"))
        self.show_answers = QPushButton(self.tr("Show both answers"))
        self._dress()
        self._connect()
        self.arrange(heading, self._body(), (self.swap, self.show_answers), _SIZE)
        self._follow_row()

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(ListRuns())

    @Slot(object)
    def learn_run(self, changed: RunChanged) -> None:
        """A snapshot is there that can be chosen from now on."""
        others = [run for run in self._runs if run.id != changed.run.id]
        self._show_runs(sorted((changed.run, *others), key=lambda run: -run.id))

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case ListRuns(), RunsReply(runs=runs):
                self._show_runs(runs)
            case GetSnapshot(run=run, step=step), SnapshotReply(snapshot=snapshot) if (run, step) in self._stages:
                self._found[run, step] = snapshot
                self._compare()
            case GetSnapshot(run=run, step=step), Failure() if (run, step) in self._stages:
                self._show(None)
                self.say_failure(reply)
            case ListRuns(), Failure():
                self.say_failure(reply)

    @property
    def _stages(self) -> tuple[tuple[int, int], ...]:
        return tuple(one for one in (self.before.chosen, self.after.chosen) if one is not None)

    def _show_runs(self, runs: Sequence[EvolutionRun]) -> None:
        first = not self._stages
        self._runs = tuple(runs)
        for side in (self.before, self.after):
            side.show_runs(runs)
        there = [run for run in runs if run.steps]
        if not there:
            self.about.setText(self.tr("There is no snapshot yet. The first is taken when a file begins to train."))
        elif first:
            run = next((one for one in there if one.id == self._first_run), there[0])
            self.before.choose((run.id, run.steps[0]))
            self.after.choose((run.id, run.steps[-1]))
        self._ask_for_stages()

    @Slot()
    def _ask_for_stages(self) -> None:
        stages = set(self._stages)
        self._found = {stage: found for stage, found in self._found.items() if stage in stages}
        missing, self._asked = stages - self._asked, stages
        for run, step in sorted(missing):
            self.wanted.emit(GetSnapshot(run=run, step=step))
        self._compare()

    def _compare(self) -> None:
        before, after = (self._found.get(side.chosen) if side.chosen else None for side in (self.before, self.after))
        if before is None or after is None:
            return
        if self.comparison is None or (self.comparison.before, self.comparison.after) != (before, after):
            self._show(compare(before, after))

    def _show(self, comparison: Comparison | None) -> None:
        self.comparison = comparison
        self.say("info", "")
        self.about.setText("" if comparison is None else compare_words.summary(comparison))
        counts: Mapping[Change, int] = {} if comparison is None else comparison.counts
        self.kind.setItemText(0, self.tr("All ({count})").format(count=f"{sum(counts.values()):,}"))
        for place, kind in enumerate(compare_words.CHANGES, start=1):
            self.kind.setItemText(place, f"{compare_words.change(kind).capitalize()} ({counts.get(kind, 0):,})")
        self._filter()
        self.table.view.scrollTo(self.table.view.currentIndex())

    @Slot()
    def _filter(self) -> None:
        """By kind, and by words in any text of the example."""
        kind, wanted = self.kind.currentData(), self.search.text().casefold().split()
        examples = () if self.comparison is None else self.comparison.examples
        self.table.model.show([one for one in examples if kind in ("", one.change) and holds(one, wanted)])
        self._follow_row()

    @Slot()
    def _follow_row(self) -> None:
        chosen = self.table.selected()[:1]
        self.show_answers.setEnabled(bool(chosen) and self.sides.isHidden())
        for one in chosen:
            self.sides.show_example(one)

    @Slot()
    def _open_sides(self) -> None:
        self.sides.show()
        self._follow_row()

    @Slot()
    def _swap(self) -> None:
        before, after = self.before.chosen, self.after.chosen
        self.before.choose(after)
        self.after.choose(before)
        self._ask_for_stages()

    def _dress(self) -> None:
        width = max(side.label.sizeHint().width() for side in (self.before, self.after))
        for side in (self.before, self.after):
            side.label.setMinimumWidth(width)
        self.kind.setAccessibleName(self.tr("Which examples are shown"))
        self.kind.addItem("", "")
        for kind in compare_words.CHANGES:
            self.kind.addItem("", kind.value)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.search.setPlaceholderText(self.tr("Show only examples with…"))
        self.search.setAccessibleName(self.tr("Search in questions and answers"))
        self.search.setClearButtonEnabled(True)
        self.table.wanted.hide()  # it would look only through what the rows show
        self.table.sort_by(RANK_ROLE)
        self.sides.hide()

    def _connect(self) -> None:
        for side in (self.before, self.after):
            side.changed.connect(self._ask_for_stages)
        self.kind.currentIndexChanged.connect(self._filter)
        self.search.textChanged.connect(self._filter)
        self.table.chosen.connect(self._follow_row)
        self.table.view.activated.connect(self._open_sides)
        self.show_answers.clicked.connect(self._open_sides)
        self.swap.clicked.connect(self._swap)

    def _body(self) -> QWidget:
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.sides)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        narrowing = QHBoxLayout()
        narrowing.setSpacing(8)
        narrowing.addWidget(self.kind)
        narrowing.addWidget(self.search, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.before)
        column.addWidget(self.after)
        column.addLayout(narrowing)
        column.addWidget(split, 1)
        return body


def holds(compared: Compared, wanted: Sequence[str]) -> bool:
    """Whether each of the words, casefolded, is in the question, the expected answer or one of the two answers."""
    sides = [side for side in (compared.before, compared.after) if side is not None]
    texts = [compared.example.input, compared.example.expected_output, *(side.model_output or "" for side in sides)]
    folded = [text.casefold() for text in texts] if wanted else []
    return all(any(word in text for text in folded) for word in wanted)
