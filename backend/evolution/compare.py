"""Two stages side by side, of one run or of two: what became better or worse, example by example."""

import enum
from collections import Counter
from collections.abc import Iterator

import msgspec

from backend.domain.snapshot import Scored, Snapshot
from backend.evolution.analysis import is_worse

NOISE = 0.02
"""Similarities that differ by less count as the same."""


class Change(enum.StrEnum):
    """One for each example; the first that holds."""

    ONLY_BEFORE = "only-before"
    ONLY_AFTER = "only-after"
    LEARNED = "learned"
    """Wrong before, right after."""
    FORGOTTEN = "forgotten"
    """Right before, wrong after."""
    BETTER = "better"
    """Nearer to the expected answer; where no answers were taken, a lower loss."""
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"
    """Neither answers nor losses were taken on both sides."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One example on both sides; None where it stands on one alone."""

    example_id: str
    change: Change
    before: Scored | None
    after: Scored | None

    @property
    def example(self) -> Scored:
        """For what is the same on both sides."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def loss_change(self) -> float | None:
        """Nats; negative where it fell."""
        if self.before is None or self.after is None:
            return None
        return _difference(self.before.loss, self.after.loss)

    @property
    def similarity_change(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        return _difference(self.before.similarity, self.after.similarity)


class SummaryChange(msgspec.Struct, frozen=True, kw_only=True):
    """After less before; None where a side has no figure."""

    avg_loss: float | None
    avg_loss_heldout: float | None
    avg_similarity: float | None
    accuracy: float | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """In the order of the later side, then what stands on the earlier one alone."""

    before: Snapshot
    after: Snapshot
    examples: tuple[Compared, ...]
    summary: SummaryChange
    counts: dict[Change, int]
    """Of every kind, zeros included."""


def compare(before: Snapshot, after: Snapshot) -> Comparison:
    """Two stages, joined by the examples' ids."""
    examples = tuple(_joined(before, after))
    counts = Counter(one.change for one in examples)
    changes = {
        name: _difference(getattr(before.summary, name), getattr(after.summary, name))
        for name in SummaryChange.__struct_fields__
    }
    return Comparison(
        before=before,
        after=after,
        examples=examples,
        summary=SummaryChange(**changes),
        counts={change: counts[change] for change in Change},
    )


def change_of(before: Scored | None, after: Scored | None) -> Change:
    """What became of one example between two stages."""
    if before is None or after is None:
        return Change.ONLY_AFTER if before is None else Change.ONLY_BEFORE
    if before.right is not None and after.right is not None and before.right != after.right:
        return Change.LEARNED if after.right else Change.FORGOTTEN
    if before.similarity is not None and after.similarity is not None:
        return _nearer(after.similarity - before.similarity)
    if before.loss is None or after.loss is None:
        return Change.UNKNOWN
    if is_worse(before.loss, after.loss):
        return Change.WORSE
    return Change.BETTER if is_worse(after.loss, before.loss) else Change.SAME


def _joined(before: Snapshot, after: Snapshot) -> Iterator[Compared]:
    earlier = {one.example_id: one for one in before.examples}
    later = {one.example_id: one for one in after.examples}
    for example_id in later | {left: one for left, one in earlier.items() if left not in later}:
        was, now = earlier.get(example_id), later.get(example_id)
        yield Compared(example_id=example_id, change=change_of(was, now), before=was, after=now)


def _nearer(by: float) -> Change:
    if abs(by) < NOISE:
        return Change.SAME
    return Change.BETTER if by > 0 else Change.WORSE


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
