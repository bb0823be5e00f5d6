"""One run to look at: picture on one side, table on the other. Imported only after the first paint."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from backend.protocol.evolution import AnswersReply, RunReply
from gui import format as text
from gui.evolution import columns, words
from gui.evolution.arranging import Places, arranged, searchable
from gui.evolution.choice import Kept, Measure, Order
from gui.evolution.colours import coloured, span
from gui.evolution.examples import ExampleTable
from gui.evolution.fates import Fates, fates_of
from gui.evolution.grid import Grid, grid_of
from gui.evolution.heat_map import Cell
from gui.evolution.legend import ColourBar, CurveLegend
from gui.evolution.picture import RunPicture
from gui.evolution.rows import rows
from gui.theme import ThemeKeeper

_REST_MS = 250
"""The pointer must rest that long on a cell before its answer is asked for."""
_NARROW = 700
"""Below this width the table stands under the picture."""


class RunBody(QWidget):
    """Heat map, curves and table of one run, which show the same examples in the same order."""

    example_chosen = Signal(str)
    example_opened = Signal(str)
    step_chosen = Signal(object)
    answers_wanted = Signal(str)

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self.grid: Grid | None = None
        self._fates: Fates | None = None
        self._texts: list[str] = []
        self._places: Places | None = None
        self._measure, self._order, self._kept, self._wanted = Measure.LOSS, Order.FINAL_LOSS, Kept.ALL, ""
        self._chosen: tuple[str, int] | None = None
        """Id of the example and step, which stay chosen when rows move and columns come."""
        self._answers: AnswersReply | None = None
        self._pointed: Cell | None = None
        self.picture = RunPicture(theme)
        self.bar = ColourBar(theme)
        self.legend = CurveLegend(theme)
        self.readout = QLabel()
        self.examples = ExampleTable(theme)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.side = QSplitter(Qt.Orientation.Vertical)
        self.rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._arrange()
        self._connect()

    @property
    def places(self) -> list[int]:
        """Of the examples that are shown, in the order of the run."""
        return [] if self._places is None else [int(place) for place in self._places]

    def show_run(self, reply: RunReply, continues: bool) -> None:
        """Args: continues: only later snapshots of the run that is shown came."""
        same = self.grid is not None and self.grid.run == reply.run.id
        continues = continues and same
        grid = self.grid.grown(reply) if continues and self.grid is not None else grid_of(reply)
        if self.grid is None or len(self._texts) != len(grid.examples) or not continues:
            self._texts = searchable(grid.examples)
        if not continues:
            self._chosen, self._answers = self._chosen if same else None, None
        self.grid, self._fates = grid, fates_of(grid)
        self.examples.show_counts(self._fates.counts())
        self.examples.show_guard(reply.forgetting)
        self._show(keep_place=continues)

    def look(self, measure: Measure, order: Order, kept: Kept, wanted: str) -> None:
        """Show it this way from now on."""
        same = (order, kept, wanted) == (self._order, self._kept, self._wanted)
        self._measure, self._order, self._kept, self._wanted = measure, order, kept, wanted
        self._show(keep_place=same)

    def choose_step(self, step: int) -> None:
        """Go to the snapshot of this step; where no example is chosen, to the first one."""
        before = self._chosen
        example = before[0] if before else self._first_shown()
        if self.grid is not None and step in self.grid.steps and example is not None:
            self._chosen = (example, step)
            self._mark()
            self._tell(before)

    @Slot(object)
    def show_answers(self, reply: AnswersReply) -> None:
        self._answers = reply
        self._read_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        orientation = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.split.orientation() is not orientation:
            self.split.setOrientation(orientation)
            self.split.setSizes([600, 500])

    def sizeHint(self) -> QSize:
        return QSize(_NARROW, 480)

    # What is shown

    def _show(self, keep_place: bool) -> None:
        if self.grid is None or self._fates is None:
            return
        grid = self.grid
        self._places = arranged(grid, self._fates, self._texts, self._order, self._kept, self._wanted)
        figures = grid.losses if self._measure is Measure.LOSS else grid.similarities
        low, high = span(figures)
        self.bar.show_span(self._measure, low, high)
        self.picture.show_run(
            coloured(figures[self._places], low, high, self._theme.dark),
            grid.steps,
            [grid.examples[place] for place in self._places],
            grid.summaries,
            keep_place,
        )
        self.examples.show_rows(rows(grid, self._fates, self.places))
        self._mark()
        self._name_curves(None)

    def _mark(self) -> None:
        cell = self._cell_of_chosen()
        self.picture.choose(cell)
        self.examples.choose(self._chosen[0] if self._chosen else None)
        self._read_out()

    def _cell_of_chosen(self) -> Cell | None:
        if self._chosen is None or self.grid is None:
            return None
        example, step = self._chosen
        ids = [self.grid.examples[place].example_id for place in self.places]
        return (ids.index(example), self.grid.steps.index(step)) if example in ids and step in self.grid.steps else None

    def _first_shown(self) -> str | None:
        places = self.places
        return self.grid.examples[places[0]].example_id if self.grid is not None and places else None

    def _name_curves(self, column: int | None) -> None:
        if self.grid is not None and self.grid.steps:
            place = len(self.grid.steps) - 1 if column is None else column
            self.legend.show_at(self.grid.steps[place], self.grid.summaries[place])

    def _read_out(self) -> None:
        cell = self._pointed or self.picture.chosen
        if cell is None or self.grid is None:
            self.readout.setText(self.tr("Click a cell to choose an example and a step."))
            return
        place, column = self.places[cell[0]], cell[1]
        example, step = self.grid.examples[place], self.grid.steps[column]
        figures = (self.grid.losses[place, column], self.grid.similarities[place, column])
        loss, similarity = (None if value != value else float(value) for value in figures)
        words_of = self.tr("{example}\nStep {step}: loss {loss}, similarity {similarity}{answer}")
        self.readout.setText(
            words_of.format(
                example=words.first_line(example.input),
                step=f"{step:,}",
                loss=text.loss(loss),
                similarity=columns.share(similarity),
                answer=self._answer(example.example_id, step),
            )
        )

    def _answer(self, example_id: str, step: int) -> str:
        """The first line of the answer, where it is known."""
        if self._answers is None or self._answers.example.example_id != example_id:
            return ""
        answer = next((one.answer for one in self._answers.answers if one.step == step), None)
        return "" if answer is None else self.tr(": {answer}").format(answer=words.first_line(answer))

    # What the user does

    def _tell(self, before: tuple[str, int] | None) -> None:
        """Of what is chosen otherwise than before."""
        if self._chosen is None:
            return
        example, step = self._chosen
        if before is None or before[0] != example:
            self.example_chosen.emit(example)
            self.answers_wanted.emit(example)
        if before is None or before[1] != step:
            self.step_chosen.emit(step)

    @Slot(object)
    def _choose_cell(self, cell: Cell) -> None:
        if self.grid is None:
            return
        before = self._chosen
        example = self.grid.examples[self.places[cell[0]]].example_id
        self._chosen = (example, self.grid.steps[cell[1]])
        self._mark()
        self._tell(before)

    @Slot(str)
    def _choose_row(self, example: str) -> None:
        if self.grid is None or not self.grid.steps or (self._chosen and self._chosen[0] == example):
            return
        step = self._chosen[1] if self._chosen else self.grid.steps[-1]
        self._chosen = (example, step)
        self._mark()
        self.example_chosen.emit(example)
        self.answers_wanted.emit(example)

    @Slot(object)
    def _open_cell(self, cell: Cell) -> None:
        if self.grid is not None:
            self.example_opened.emit(self.grid.examples[self.places[cell[0]]].example_id)

    @Slot(object, object)
    def _point(self, column: int | None, cell: Cell | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self._read_out()
            self.rest.start()
        self._name_curves(column)

    @Slot()
    def _rested(self) -> None:
        if self._pointed is None or self.grid is None:
            return
        example = self.grid.examples[self.places[self._pointed[0]]].example_id
        if self._answers is None or self._answers.example.example_id != example:
            self.answers_wanted.emit(example)

    @Slot()
    def _dress(self) -> None:
        self._show(keep_place=True)

    # Arrangement

    def _arrange(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.legend)
        column.addWidget(self.picture, 1)
        column.addWidget(self.bar)
        column.addWidget(self.readout)
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.readout.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 4)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.side.addWidget(self.examples)
        self.side.setChildrenCollapsible(False)
        self.split.addWidget(left)
        self.split.addWidget(self.side)
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([600, 500])
        self.split.setStretchFactor(0, 6)
        self.split.setStretchFactor(1, 5)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.split)

    def _connect(self) -> None:
        self.picture.cell_chosen.connect(self._choose_cell)
        self.picture.cell_opened.connect(self._open_cell)
        self.picture.pointed.connect(self._point)
        self.examples.chosen.connect(self._choose_row)
        self.examples.opened.connect(self.example_opened)
        self.rest.timeout.connect(self._rested)
        self._theme.changed.connect(self._dress)
