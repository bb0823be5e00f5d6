"""The Evolution tab: choosers, and below them one run; its picture comes once the plot library is loaded."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from backend.protocol.evolution import RunReply
from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.evolution.bar import ChoiceBar
from gui.evolution.empty import EmptyEvolution
from gui.evolution.reading import RunReader

if TYPE_CHECKING:
    from gui.evolution.body import RunBody


class EvolutionPanel(QWidget):
    """Runs and figures come through `reader`; what the user chooses goes out as signals."""

    example_chosen = Signal(object, str)
    """Number of the run, and the example's id."""
    example_opened = Signal(object, str)
    """The user wants to see it: a double click, or Enter."""
    step_chosen = Signal(object)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.reader = RunReader(self)
        self.bar = ChoiceBar()
        self.bar.add_verb(actions[ActionId.COMPARE_STAGES])
        self.body: RunBody | None = None
        self._early: list[tuple[RunReply, bool]] = []
        """What was read before there was a body to show it."""
        self._wanted_step: tuple[int, int] | None = None
        """Run and step that another view points to, until they are read."""
        self._example_view: QWidget | None = None
        self._stack = QStackedWidget()
        self.empty = EmptyEvolution(actions)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self._stack, 1)
        self.bar.hide()
        self.bar.run_chosen.connect(self.reader.choose)
        self.bar.changed.connect(self._look)
        self.reader.runs_changed.connect(self._show_runs)
        self.reader.read.connect(self._show_run)

    def use_body(self, body: "RunBody") -> None:
        """Take it in; what was read before is shown now."""
        self.body = body
        self._stack.addWidget(body)
        body.example_chosen.connect(self._tell_example)
        body.example_opened.connect(self._tell_opened)
        body.step_chosen.connect(self.step_chosen)
        body.answers_wanted.connect(self.reader.ask_answers)
        self.reader.answers_read.connect(body.show_answers)
        if self._example_view is not None:
            body.side.addWidget(self._example_view)
        self._look()
        early, self._early = self._early, []
        for reply, continues in early:
            self._show_run(reply, continues)

    def put_example_view(self, view: QWidget) -> None:
        """Give the view of one example its place under the table."""
        self._example_view = view
        if self.body is not None:
            self.body.side.addWidget(view)

    @Slot(object, object)
    def show_step(self, run: int, step: int) -> None:
        """Another view points to a snapshot."""
        self._wanted_step = (run, step)
        self.reader.choose(run)
        self._go_to_step()

    @Slot()
    def _show_runs(self) -> None:
        self.bar.show_runs(self.reader.runs, self.reader.shown)
        self.bar.setVisible(bool(self.reader.runs))
        if not self.reader.runs:
            self._stack.setCurrentIndex(0)

    @Slot(object, bool)
    def _show_run(self, reply: RunReply, continues: bool) -> None:
        if self.body is None:
            self._early = [*(self._early if continues else ()), (reply, continues)]
            return
        self.bar.show_runs(self.reader.runs, reply.run.id)
        self.body.show_run(reply, continues)
        self._stack.setCurrentWidget(self.body)
        self._go_to_step()

    def _go_to_step(self) -> None:
        grid = None if self.body is None else self.body.grid
        if self.body is None or grid is None or self._wanted_step is None:
            return
        run, step = self._wanted_step
        if grid.run == run and step in grid.steps:
            self._wanted_step = None
            self.body.choose_step(step)

    @Slot()
    def _look(self) -> None:
        if self.body is not None:
            bar = self.bar
            self.body.look(bar.chosen_measure, bar.chosen_order, bar.chosen_kept, bar.wanted.text())

    @Slot(str)
    def _tell_example(self, example: str) -> None:
        self.example_chosen.emit(self.reader.shown, example)

    @Slot(str)
    def _tell_opened(self, example: str) -> None:
        self.example_opened.emit(self.reader.shown, example)
