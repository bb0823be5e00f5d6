"""A home with rows alone, whose head came to be move by move: for what is decided from rows."""

from backend.domain.dataset import Dataset, Report
from backend.domain.head import Base, Checkpoint, Head
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.domain.move import MoveKind
from backend.domain.version import Version
from backend.paths import Home
from backend.protocol.engine import Mode
from backend.store.store import Store
from backend.versions import records


class Past:
    """Lets a head have come to be, move by move."""

    def __init__(self, home: Home, store: Store) -> None:
        self.home = home
        self.store = store
        self._point = 0
        store.bases.put(Base(slug="tiny", path="/tiny", sha256="0" * 64))
        store.head.move(Head(base="tiny"), MoveKind.USE)

    @property
    def head(self) -> Head:
        return self.store.head.get()

    def job(self, name: str) -> Job:
        self.store.datasets.put(Dataset(sha256=name, name=name, bytes=1, report=Report(rows=8, refused=0)))
        job = Job(
            id=0,
            dataset=name,
            name=name,
            priority=Priority.NORMAL,
            position=0,
            state=JobState.DONE,
            settings=JobSettings(),
        )
        return self.store.jobs.add(job)

    def train(self, job: Job, to_step: int, from_step: int = 0) -> Checkpoint:
        """One segment with one checkpoint."""
        self._point += 1
        head = self.head
        segment = self.store.segments.begin(job.id, Mode.START, from_step, head.total_steps, None)
        point = Checkpoint(
            id=self._point,
            job=job.id,
            segment=segment,
            step=to_step,
            path=f"c/{self._point}",
            sums_sha256="",
            reason="end",
        )
        total = head.total_steps + to_step - from_step
        assert head.base is not None
        self.store.checkpoints.add(point, head.base, total)
        self.store.head.move(
            Head(base=head.base, checkpoint=point, total_steps=total), MoveKind.TRAINING, job.id, segment
        )
        return point

    def stand_on(self, version: Version, kind: MoveKind) -> None:
        records.put(self.home, self.store, version)
        self.store.head.move(Head(base=version.id), kind)

    def undo(self) -> None:
        """The last standing move alone."""
        move = next(self.store.head.standing())
        assert move.before is not None
        self.store.head.take_back([move], [])
        self.store.head.put(move.before)
