"""The forgetting guard: losses of pinned examples and of the latest panels after a job, against those before it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from backend.clock import utc_now
from backend.domain.evolution import Forgetting, GuardedPanel, Worse
from backend.domain.snapshot import Snapshot
from backend.engine.evolution.attention import Attention
from backend.engine.evolution.item import Item
from backend.engine.evolution.panel import Panel, Warn
from backend.engine.evolution.taking import Taking
from backend.evolution.analysis import is_worse
from backend.evolution.budget import Watch
from backend.protocol.evolution import GuardedRun


class Guarded(NamedTuple):
    """A panel that is to be compared; `before` by example id."""

    run: str
    dataset_name: str
    items: Sequence[Item]
    before: Mapping[str, float]


def pinned_panel(snapshots: Sequence[Snapshot], items: Iterable[Item]) -> Guarded | None:
    """The pinned examples with their losses at the job's start; None where none was scored then."""
    first = next((one for one in snapshots if one.training_step == 0), None)
    known = first.examples if first is not None else ()
    before = {one.example_id: one.loss for one in known if one.pinned and one.loss is not None}
    chosen = [item for item in items if item.id in before]
    return Guarded("", "", chosen, before) if chosen else None


def earlier_panels(runs: Iterable[GuardedRun], panel: Panel, warn: Warn, goes_on: Callable[[], bool]) -> list[Guarded]:
    """The panels of earlier runs, as many as there is time to read. A file that is gone is passed over."""
    found = []
    for run in runs:
        if not goes_on():
            break
        before = {example.example_id: example.loss for example in run.examples}
        lines = {example.line: example.example_id for example in run.examples}
        try:
            items = panel.rows(Path(run.dataset_path), run.dataset, lines)
        except OSError as error:
            warn(f"The forgetting guard passes over {run.dataset_name}: {run.dataset_path} ({error.strerror}).")
            continue
        found.append(Guarded(run.run, run.dataset_name, sorted(items, key=lambda item: item.id), before))
    return found


class Guard:
    """Losses only, in its own time: pinned examples first, then the panels in their order."""

    def __init__(self, taking: Taking, attention: Attention, watch: Watch) -> None:
        self._taking = taking
        self._attention = attention
        self._watch = watch

    def report(
        self, panels: Sequence[Guarded], known: Mapping[str, float], run: str, job: int, step: int
    ) -> Forgetting:
        """Compare.

        Args:
            known: losses that the snapshot at the end has taken already.
        """
        return Forgetting(
            run=run,
            job=job,
            step=step,
            taken_at=utc_now(),
            panels=tuple(self._compared(one, known) for one in panels),
            seconds=self._watch.passed,
        )

    def _compared(self, panel: Guarded, known: Mapping[str, float]) -> GuardedPanel:
        after = {item.id: known[item.id] for item in panel.items if item.id in known}
        wanted = [item for item in panel.items if item.id not in known]
        after |= self._taking.losses(wanted, self._watch, self._attention)
        scored = [item for item in panel.items if item.id in after]
        worse = [item for item in scored if is_worse(panel.before[item.id], after[item.id])]
        return GuardedPanel(
            run=panel.run,
            dataset_name=panel.dataset_name,
            examples=len(panel.before),
            scored=len(scored),
            before=_mean([panel.before[item.id] for item in scored]),
            after=_mean([after[item.id] for item in scored]),
            worse=tuple(
                Worse(
                    example_id=item.id,
                    input=item.facts.input,
                    before=panel.before[item.id],
                    after=after[item.id],
                )
                for item in worse
            ),
        )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
