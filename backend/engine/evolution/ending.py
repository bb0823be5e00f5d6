"""What is written of evolution when a job is done: forgetting.json, then analysis.json."""

from collections.abc import Sequence

from backend.domain.snapshot import Snapshot
from backend.engine.control import Control
from backend.engine.evolution.attention import Attention
from backend.engine.evolution.folder import RunFolder
from backend.engine.evolution.guard import Guard, earlier_panels, pinned_panel
from backend.engine.evolution.item import Item
from backend.engine.evolution.panel import Panel
from backend.engine.evolution.taking import Taking
from backend.engine.reporter import Outlet
from backend.engine.training.run import Run
from backend.evolution.analysis import analyse
from backend.evolution.budget import Budget, Watch
from backend.evolution.snapshot import ANALYSIS, FORGETTING
from backend.protocol.engine import EvolutionEnded, LogLine
from backend.protocol.evolution import EvolutionOrder


class Ending:
    """Each file is made once: a job that was killed here makes only what is missing."""

    def __init__(self, run: Run, order: EvolutionOrder, folder: RunFolder, reporter: Outlet, control: Control) -> None:
        self._run = run
        self._order = order
        self._folder = folder
        self._reporter = reporter
        self._control = control

    def close(self, taking: Taking, panel: Panel, items: Sequence[Item], budget: Budget) -> None:
        """Tells EvolutionEnded where the run has a snapshot. Raises NoSpace."""
        snapshots = self._folder.snapshots(self._warn)
        if budget.takes_by_itself and not self._folder.holds(FORGETTING):
            self._guard(snapshots, taking, panel, items, budget)
        if not self._folder.holds(ANALYSIS):
            analysis = analyse(snapshots)
            if analysis is None:
                return
            self._folder.write(self._folder.path / ANALYSIS, analysis)
        self._reporter.send(EvolutionEnded(job=self._run.command.job, folder=str(self._folder.path)))

    def _guard(
        self, snapshots: Sequence[Snapshot], taking: Taking, panel: Panel, items: Sequence[Item], budget: Budget
    ) -> None:
        watch = Watch(budget.guard_seconds(self._run.seconds))
        pinned = pinned_panel(snapshots, items)
        panels = [pinned] if pinned is not None else []
        panels += earlier_panels(
            self._order.guarded, panel, self._warn, lambda: watch.left > 0 and not self._control.wants_hold()
        )
        if not panels:
            return
        last = next((one for one in snapshots if one.training_step == self._run.step), None)
        known = {one.example_id: one.loss for one in last.examples if one.loss is not None} if last is not None else {}
        total = sum(len(one.items) for one in panels)
        guard = Guard(taking, Attention(self._control, self._reporter, "looking for what was forgotten", total), watch)
        job = self._run.command.job
        self._folder.write(
            self._folder.path / FORGETTING, guard.report(panels, known, self._folder.name, job, self._run.step)
        )

    def _warn(self, text: str) -> None:
        self._reporter.send(LogLine(level="warning", text=text))
