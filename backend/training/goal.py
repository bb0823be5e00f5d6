"""What the user wants of the queue: train it, hold it, or nothing. It outlives the host (semantics.md 5)."""

from backend.clock import utc_now
from backend.store.journal import Fact
from backend.store.store import Store


class Goal:
    """`training` may be true while `held` is: the pause then ends in training."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.stopped = False
        """Whether the user stopped it in this host's life; an idle host otherwise just has nothing to do."""
        self.stop_reason = ""
        self.done = 0
        self.failed = 0

    @property
    def training(self) -> bool:
        return self._store.facts.get(Fact.TRAINING) is not None

    @property
    def held_at(self) -> str | None:
        return self._store.facts.get(Fact.HELD_AT)

    @property
    def held(self) -> bool:
        return self.held_at is not None

    @property
    def held_reason(self) -> str:
        return self._store.facts.get(Fact.HELD_REASON) or ""

    def train(self, reason: str = "") -> None:
        """Train the queue until it is empty; ends a pause and a stop."""
        if not self.training:
            self.done = self.failed = 0
        self.stopped = False
        self.stop_reason = ""
        self._put(training=True, held_at=None, reason=None, what="start", why=reason)

    def hold(self, reason: str) -> None:
        """Begin nothing; a pause that holds already keeps its time, and its reason where no other is given."""
        kept = reason or self.held_reason
        self._put(training=self.training, held_at=self.held_at or utc_now(), reason=kept, what="pause")

    def stop(self, reason: str) -> None:
        """Nothing is wanted any more; a hold is over."""
        self.stopped = True
        self.stop_reason = reason
        self._put(training=False, held_at=None, reason=None, what="stop", why=reason)

    def skip(self, job: int, reason: str) -> None:
        """The job in training shall be skipped at the end of its segment, however that ends."""
        with self._store.atomic():
            self._store.facts.put(Fact.SKIP, f"{job}:{reason}")
            self._store.journal.add("skip", job, reason)

    def take_skip(self, job: int) -> str | None:
        """The reason, where this job was to be skipped; its segment is over and the wish with it."""
        wished = self._store.facts.get(Fact.SKIP)
        if wished is None:
            return None
        number, _, reason = wished.partition(":")
        self._store.facts.put(Fact.SKIP, None)
        return reason if int(number) == job else None

    def finish(self) -> None:
        """The queue is empty."""
        self._put(training=False, held_at=self.held_at, reason=self.held_reason or None, what="queue finished")

    def _put(self, *, training: bool, held_at: str | None, reason: str | None, what: str, why: str = "") -> None:
        facts = self._store.facts
        with self._store.atomic():
            facts.put(Fact.TRAINING, "yes" if training else None)
            facts.put(Fact.HELD_AT, held_at)
            facts.put(Fact.HELD_REASON, reason)
            self._store.journal.add(what, None, why or reason or "")
