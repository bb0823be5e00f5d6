"""Turns what the engine says of snapshots into rows of the index, and only then into events."""

import logging
from pathlib import Path

from backend.domain.evolution import EvolutionRun, Forgetting, GuardedPanel
from backend.errors import Damaged
from backend.evolution.keeper import EvolutionKeeper
from backend.evolution.replies import report
from backend.evolution.snapshot import FORGETTING
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol import engine as said
from backend.protocol.evolution import RunChanged
from backend.store.store import Store
from backend.training.changes import Changes

log = logging.getLogger(__name__)
SEE = "Its run in the evolution view shows them; undo takes the training back."


class EvolutionHearing:
    """A fault of evolution is told of and never ends training."""

    def __init__(self, home: Home, store: Store, changes: Changes, outbox: Outbox) -> None:
        self._home = home
        self._store = store
        self._keeper = EvolutionKeeper(home, store)
        self._changes = changes
        self._outbox = outbox

    def catch_up(self) -> None:
        """With files that an earlier host did not index, and with those that are gone."""
        self._keeper.catch_up()

    def taken(self, event: said.SnapshotTaken) -> None:
        """A snapshot is on disk."""
        try:
            with self._changes.together():
                run = self._keeper.record(Path(event.path), event.sha256)
                self._store.journal.add("snapshot taken", event.job, f"step {event.step}, {event.seconds:.1f} s")
                self._outbox.tell(RunChanged(run=run, step=event.step))
        except (Damaged, OSError) as error:
            text = error.message if isinstance(error, Damaged) else f"{event.path} cannot be read ({error.strerror})."
            self._changes.notice("warning", f"A snapshot is not shown: {text}", "Training goes on.", event.job)
            self._outbox.tell(said.SnapshotFailed(job=event.job, step=event.step, message=text))

    def failed(self, event: said.SnapshotFailed) -> None:
        """No snapshot of this step."""
        text = f"No snapshot was taken at step {event.step}: {event.message}"
        self._changes.notice("warning", text, event.hint or "Training goes on.", event.job)
        self._outbox.tell(event)

    def ended(self, event: said.EvolutionEnded) -> None:
        """The job's analysis is on disk, and what the guard found."""
        folder = Path(event.folder)
        with self._changes.together():
            run = self._keeper.ended(folder)
            if run is None:
                log.warning("The run in %s ended without a snapshot.", folder)
                return
            self._store.journal.add("evolution ended", event.job, f"{len(run.steps)} snapshots")
            self._outbox.tell(RunChanged(run=run))
            found = report(folder / FORGETTING, Forgetting)
            for panel in found.panels if found is not None else ():
                self._warn(run, panel)

    def engine_gone(self, job: int) -> None:
        """Index what it wrote and could not tell any more."""
        present = self._store.segments.evolution(job)
        if present is None:
            return
        with self._changes.together():
            for run in self._keeper.catch_up_with(present[0]):
                self._outbox.tell(RunChanged(run=run, step=run.steps[-1]))

    def _warn(self, run: EvolutionRun, panel: GuardedPanel) -> None:
        if panel.worse:
            of = f"examples of {panel.dataset_name}" if panel.run else "pinned examples"
            worse = f"{len(panel.worse)} of {panel.scored} {of}"
            text = f"After {run.dataset_name} the model answers {worse} worse than before."
            self._changes.notice("warning", text, SEE, run.job)
