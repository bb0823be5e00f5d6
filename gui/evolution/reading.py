"""Which run the tab shows, and what it has to ask the host for that."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from backend.domain.evolution import EvolutionRun
from backend.protocol import evolution as e
from backend.protocol.host import Reply, Request


class RunReader(QObject):
    """Follows the newest run unless the user chose another; asks only for snapshots that it does not have."""

    asked = Signal(object)
    """Request."""
    runs_changed = Signal()
    read = Signal(object, bool)
    """RunReply, and whether it continues what was read before."""
    answers_read = Signal(object)
    """AnswersReply."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[EvolutionRun, ...] = ()
        """Newest first."""
        self.shown: int | None = None
        self._follows = True
        self._steps: tuple[int, ...] = ()
        """Of the shown run, as far as they were read."""

    @Slot()
    def begin(self) -> None:
        """The host answers (again)."""
        self.asked.emit(e.ListRuns())

    def choose(self, run: int) -> None:
        """The user wants this one; the newest is followed again once it is chosen."""
        self._follows = bool(self.runs) and run == self.runs[0].id
        self._show(run)

    def ask_answers(self, example_id: str) -> None:
        if self.shown is not None:
            self.asked.emit(e.GetAnswers(run=self.shown, example_id=example_id))

    @Slot(object)
    def learn_run(self, changed: e.RunChanged) -> None:
        """A snapshot, an analysis or a report of it is there."""
        known = {run.id for run in self.runs}
        if changed.run.id in known:
            self.runs = tuple(changed.run if run.id == changed.run.id else run for run in self.runs)
        else:
            self.runs = (changed.run, *self.runs)
        self.runs_changed.emit()
        if changed.run.id == self.shown:
            self._refresh(changed.run)
        elif self._follows:
            self._show(self.runs[0].id)

    @Slot(object)
    def learn_pins(self) -> None:
        """Which examples are pinned stands in the run's examples."""
        if self.shown is not None and self._steps:
            self.asked.emit(e.GetRun(run=self.shown, after_step=self._steps[-1]))

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case e.ListRuns(), e.RunsReply(runs=runs):
                self._take_runs(runs)
            case e.GetRun(), e.RunReply() if reply.run.id == self.shown:
                self._take_run(request.after_step, reply)
            case e.GetAnswers(), e.AnswersReply() if reply.run == self.shown:
                self.answers_read.emit(reply)

    def _take_runs(self, runs: Sequence[EvolutionRun]) -> None:
        self.runs = tuple(runs)
        self.runs_changed.emit()
        there = {run.id: run for run in runs}
        if runs and (self._follows or self.shown not in there):
            self._show(runs[0].id)
        elif self.shown in there:
            self._refresh(there[self.shown])

    def _take_run(self, after: int | None, reply: e.RunReply) -> None:
        if after is None:
            self._steps = tuple(one.step for one in reply.figures)
        elif not self._steps or after > self._steps[-1]:
            return  # asked before the run was read anew
        else:
            self._steps += tuple(one.step for one in reply.figures if one.step > self._steps[-1])
        self.read.emit(reply, after is not None)

    def _show(self, run: int) -> None:
        if run != self.shown:
            self.shown = run
            self._steps = ()
            self.asked.emit(e.GetRun(run=run))

    def _refresh(self, run: EvolutionRun) -> None:
        """Snapshots of training that was left go; then everything is read anew."""
        left = not set(self._steps) <= set(run.steps)
        after = self._steps[-1] if self._steps and not left else None
        self.asked.emit(e.GetRun(run=run.id, after_step=after))
