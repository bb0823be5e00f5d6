"""The true loss of each example of the panel, as many as the time allows."""

from collections.abc import Iterable, Sequence

from backend.engine.evolution.attention import Attention
from backend.engine.evolution.found import Found
from backend.engine.evolution.item import Item
from backend.engine.training.batches import Example, micro_batches
from backend.engine.training.loss import SupervisedLoss
from backend.engine.training.memory import OutOfMemory, named
from backend.evolution.budget import Cost, Watch


class Losses:
    """In micro-batches of the size that trains fastest here."""

    def __init__(self, loss: SupervisedLoss, token_budget: int, cost: Cost) -> None:
        """Args: cost: of one token, padding counted."""
        self._loss = loss
        self._token_budget = token_budget
        self._cost = cost

    def take(self, items: Sequence[Item], watch: Watch, found: Found, attention: Attention) -> None:
        """Add to `found` what fits into the time.

        Args:
            items: those that matter most first.

        Raises:
            BrokenOff: the user waits.
        """
        for whole in self._groups(self._fitting(items, watch.left)):
            group = self._shortened(whole, watch.left)
            if not group:
                continue
            attention.heed()
            begun = watch.passed
            try:
                self._score(group, found)
            finally:
                found.loss_seconds += watch.passed - begun
            self._cost.measure(_padded(group), watch.passed - begun)
            attention.tell(len(group))

    def _fitting(self, items: Sequence[Item], seconds: float) -> list[Item]:
        chosen = []
        for item in items:
            if item.example is not None and (took := self._cost.of(item.example.length)) <= seconds:
                seconds -= took
                chosen.append(item)
        return chosen

    def _shortened(self, group: list[Item], seconds: float) -> list[Item]:
        """Without the longest ones, which make the padding, as far as it does not fit."""
        return next((group[n:] for n in range(len(group)) if self._cost.of(_padded(group[n:])) <= seconds), [])

    def _groups(self, items: Iterable[Item]) -> list[list[Item]]:
        """Micro-batches, short ones first: when the time runs out, more of them are done."""
        groups: list[list[Item]] = []
        for item in sorted(items, key=lambda one: -_example(one).length):
            if groups and _padded([*groups[-1], item]) <= self._token_budget:
                groups[-1].append(item)
            else:
                groups.append([item])
        return groups[::-1]

    def _score(self, group: list[Item], found: Found) -> None:
        """Fewer at a time where memory does not suffice."""
        try:
            with named():
                (batch,) = micro_batches([_example(item) for item in group], _padded(group))
                losses = self._loss.each(batch)
        except OutOfMemory:
            if len(group) == 1:
                found.memory.add(group[0].id)
                return
        else:
            found.losses.update(zip((item.id for item in group), losses, strict=True))
            return
        half = len(group) // 2  # outside the handler, which would hold the memory of the failed pass
        self._score(group[:half], found)
        self._score(group[half:], found)


def _example(item: Item) -> Example:
    assert item.example is not None
    return item.example


def _padded(group: Sequence[Item]) -> int:
    """Tokens with padding; the longest stands first."""
    return _example(group[0]).length * len(group)
