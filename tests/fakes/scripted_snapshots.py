"""Evolution in the scripted engine: real snapshot files of made-up examples, at the start, each tenth and the end."""

from collections.abc import Callable
from pathlib import Path

from backend import files
from backend.clock import utc_now
from backend.domain.snapshot import Reason, Scored, Snapshot
from backend.evolution import folder as places
from backend.evolution.analysis import analyse
from backend.evolution.snapshot import ANALYSIS, encoded, summary_of
from backend.protocol import engine as p
from tests.makers.evolution_files import example

EXAMPLES = 4
EVERY = 10
"""Steps between snapshots that nobody asked for."""


class ScriptedSnapshots:
    """Those of one segment. A file that is there is kept, as by the real engine."""

    def __init__(self, train: p.Train, total_steps: int, tell: Callable[[p.EngineEvent], object]) -> None:
        self._train = train
        self._total_steps = total_steps
        self._tell = tell
        self._asked = False

    def ask(self) -> None:
        """The user wants one."""
        self._asked = True

    def look(self, step: int, loss: float) -> None:
        """Between two steps: take what is due, or asked for and not on disk."""
        if self._asked:
            self._asked = not self._take(step, loss, Reason.REQUEST)
        elif self._takes_its_own and step < self._total_steps and step % EVERY == 0:
            self._take(step, loss, Reason.SCHEDULE if step else Reason.START)

    def end(self, loss: float) -> None:
        """The job is done, and saved."""
        order = self._train.evolution
        if order is None or not self._takes_its_own:
            return
        self._take(self._total_steps, loss, Reason.END)
        folder = Path(order.folder)
        if not (folder / ANALYSIS).exists() and (analysis := analyse(places.snapshots(folder))) is not None:
            files.write(folder / ANALYSIS, encoded(analysis), mode=0o444)
        self._tell(p.EvolutionEnded(job=self._train.job, folder=order.folder))

    @property
    def _takes_its_own(self) -> bool:
        return self._train.evolution is not None and self._train.settings.evolution_budget > 0

    def _take(self, step: int, loss: float, reason: Reason) -> bool:
        """Whether there was something to take."""
        order = self._train.evolution
        if order is None:
            self._tell(p.SnapshotFailed(job=self._train.job, step=step, message="No snapshots are taken of this job."))
            return True
        path = places.place(Path(order.folder), step)
        if path.exists():
            if reason is Reason.REQUEST:
                self._tell_of(path, step)
            return reason is Reason.REQUEST
        files.make_folder(path.parent)
        content = encoded(self._snapshot(order.origin, path, step, loss, reason))
        files.write(path, content, mode=0o444)
        self._tell_of(path, step)
        return True

    def _tell_of(self, path: Path, step: int) -> None:
        digest = files.sha256(path)
        self._tell(p.SnapshotTaken(job=self._train.job, step=step, path=str(path), sha256=digest, seconds=0.01))

    def _snapshot(self, origin: str, path: Path, step: int, loss: float, reason: Reason) -> Snapshot:
        train, total = self._train, self._total_steps
        examples: tuple[Scored, ...] = tuple(
            example(train.dataset, i, step, (0, total), last=step == total, odd=False, answered=True)
            for i in range(EXAMPLES)
        )
        return Snapshot(
            snapshot_id=f"{path.parent.name}/{path.stem}",
            training_step=step,
            timestamp=utc_now(),
            model_version=f"{train.base.slug} +{train.total_steps_before + step}",
            run=path.parent.name,
            job=train.job,
            segment=train.segment,
            dataset=train.dataset,
            dataset_name=train.name,
            base=train.base.slug,
            origin=origin,
            total_steps=total,
            head_steps=train.total_steps_before + step,
            reason=reason,
            training_loss=loss if step else None,
            budget_percent=train.settings.evolution_budget,
            training_seconds=step * 0.01,
            loss_seconds=0.001,
            answer_seconds=0.001,
            examples=examples,
            summary=summary_of(examples),
        )
