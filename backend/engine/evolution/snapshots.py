"""The snapshots of one segment: when they are taken, and that nothing of them ever ends training."""

import traceback
from collections.abc import Callable
from pathlib import Path

from backend import files
from backend.domain.snapshot import Reason
from backend.engine.control import Control
from backend.engine.evolution.attention import Attention, BrokenOff
from backend.engine.evolution.ending import Ending
from backend.engine.evolution.folder import RunFolder
from backend.engine.evolution.item import Item
from backend.engine.evolution.panel import Panel
from backend.engine.evolution.taking import Taking, snapshot
from backend.engine.models.load import LoadedModel
from backend.engine.reporter import Outlet
from backend.engine.training.run import Run
from backend.errors import UserError
from backend.evolution.budget import Budget, Watch
from backend.evolution.steps import is_due
from backend.evolution.waiting import Waiting
from backend.protocol.engine import LogLine, SnapshotFailed, SnapshotTaken
from backend.protocol.evolution import EvolutionOrder


class Snapshots:
    """Asked by the loop between steps. An existing file is kept (semantics.md 18)."""

    def __init__(self, run: Run, loaded: LoadedModel, reporter: Outlet, control: Control) -> None:
        self._run = run
        self._loaded = loaded
        self._reporter = reporter
        self._control = control
        self._wished = False
        self._given_up = False
        self._failed_at: int | None = None
        self._taker: Taker | None = None

    def wish(self) -> None:
        """The user asks for one: of this step, or of the next one that has none."""
        self._wished = True

    def look(self, *, holding: bool = False) -> bool:
        """Take what is due here. False where the user wants something else first: then look again.

        Args:
            holding: whether no step follows soon, so that a wish is answered with what there is of this one.
        """
        order = self._run.command.evolution
        if self._wished and (order is None or self._given_up):
            self._wished = False
            why = "The job takes none." if order is None else "One failed before; the log has the details."
            self._failed(f"No snapshot is taken. {why}", "Stop the file and start it again." if order else "")
        if order is None or self._given_up or self._failed_at == self._run.step:
            return True
        if self._wished:
            return self._guarded(lambda: self._answer(order, holding))
        if self._takes_by_itself and is_due(self._run.step, self._run.total_steps):
            reason = Reason.START if self._run.step == 0 else Reason.SCHEDULE
            return self._guarded(lambda: self._take(order, reason))
        return True

    def end(self) -> None:
        """The job is trained and saved: the last snapshot, the guard, the analysis; what is there is not made again."""
        order = self._run.command.evolution
        if order is None or self._given_up:
            return
        self._wished = self._control.wanted_a_snapshot() or self._wished
        if self._takes_by_itself or self._wished:
            reason = Reason.END if self._takes_by_itself else Reason.REQUEST
            self._guarded(lambda: self._take(order, reason))
        if self._wished:
            self._failed("The file is trained, and its last snapshot was taken before.", "")
        self._guarded(lambda: self._close(order))

    def leave(self) -> None:
        """The segment ends before the job does: a wish that waits is answered too."""
        if self._control.wanted_a_snapshot() or self._wished:
            self._failed("The training left before the snapshot was taken.", "Ask again once it trains.")

    @property
    def _takes_by_itself(self) -> bool:
        return self._run.command.settings.evolution_budget > 0

    def _take(self, order: EvolutionOrder, reason: Reason) -> None:
        folder = RunFolder(Path(order.folder))
        if not folder.has(self._run.step):
            self._reporter.send(self._prepared(order).take(reason))
            self._wished = False

    def _answer(self, order: EvolutionOrder, holding: bool) -> None:
        """What the user asked for. A snapshot of this step that lacks something is left for the next step's."""
        folder, step = RunFolder(Path(order.folder)), self._run.step
        if not folder.has(step):
            self._take(order, Reason.REQUEST)
        elif holding or folder.is_complete(step):
            self._wished = False
            digest = files.sha256(folder.place(step))
            place = str(folder.place(step))
            self._reporter.send(
                SnapshotTaken(job=self._run.command.job, step=step, path=place, sha256=digest, seconds=0.0)
            )

    def _close(self, order: EvolutionOrder) -> None:
        taker = self._prepared(order)
        ending = Ending(self._run, order, taker.folder, self._reporter, self._control)
        ending.close(taker.taking, taker.panel, taker.items, taker.budget)

    def _prepared(self, order: EvolutionOrder) -> "Taker":
        """The panel is made when it is needed first."""
        if self._taker is None:
            self._taker = Taker(self._run, self._loaded, order, self._reporter, self._control)
        return self._taker

    def _guarded(self, work: Callable[[], None]) -> bool:
        """False where the user broke it off. Whatever else goes wrong is told, and training goes on."""
        contained = _Contained()
        with contained:
            work()
        match contained.error:
            case BrokenOff():
                return False
            case UserError(message=message, hint=hint):
                self._failed_at = self._run.step
                self._failed(message, hint)
            case OSError() as error:
                self._failed_at = self._run.step
                self._failed(
                    f"A file of evolution cannot be used: {error}.", "Mend its disk or rights; the next one is tried."
                )
            case Exception() as error:
                self._given_up = True
                self._reporter.send(LogLine(level="error", text="".join(traceback.format_exception(error))))
                self._failed(
                    f"Snapshots ended by an error in Espalier: {error!r}.", "Please report it; training goes on."
                )
        return True

    def _failed(self, message: str, hint: str) -> None:
        self._wished = False
        self._reporter.send(SnapshotFailed(job=self._run.command.job, step=self._run.step, message=message, hint=hint))


class _Contained:
    """Keeps whatever error ends the block, so that it goes no further. What ends the process is no error."""

    error: Exception | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


class Taker:
    """Panel, budget and turn of a segment; takes one snapshot at a time."""

    def __init__(
        self, run: Run, loaded: LoadedModel, order: EvolutionOrder, reporter: Outlet, control: Control
    ) -> None:
        self._run = run
        self._reporter = reporter
        self._control = control
        self.folder = RunFolder(Path(order.folder))
        before = self.folder.snapshots(self.warn)
        self.budget = Budget(run.command.settings.evolution_budget, before)
        self._waiting = Waiting(before)
        self.taking = Taking(run, loaded)
        self.panel = Panel(loaded, run.command.settings, self.warn, self._heed)
        self.items: list[Item] = self.panel.of_job(run.command, run.tokens, run.order.epochs[0], order.pins)

    def take(self, reason: Reason) -> SnapshotTaken:
        """Take the snapshot of this step. Raises BrokenOff and NoSpace; nothing is on disk then."""
        run = self._run
        watch = Watch(self.budget.seconds(reason, run.seconds, run.expected_seconds))
        try:
            text = f"snapshot at step {run.step}"
            attention = Attention(self._control, self._reporter, text, total=2 * len(self.items))
            attention.tell()
            examples, found = self.taking.examples(self.items, self._waiting, reason, watch, attention)
            taken = snapshot(run, self.folder.name, reason, examples, found)
            path = self.folder.place(run.step)
            digest = self.folder.write(path, taken)
            self._waiting.take(taken)
        finally:
            self.budget.spend(reason, watch.passed)
        return SnapshotTaken(job=run.command.job, step=run.step, path=str(path), sha256=digest, seconds=watch.passed)

    def _heed(self) -> None:
        """Not at the job's end: what is missing then is missing for good."""
        if self._run.step < self._run.total_steps and self._control.wants_hold():
            raise BrokenOff

    def warn(self, text: str) -> None:
        self._reporter.send(LogLine(level="warning", text=text))
