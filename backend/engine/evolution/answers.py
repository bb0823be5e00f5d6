"""The model's own greedy answers to the panel, as many as the time allows."""

from collections.abc import Iterable, Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

from backend.engine.evolution.attention import Attention
from backend.engine.evolution.found import Answer, Found
from backend.engine.evolution.item import Item
from backend.engine.models.generate import Said, greedy
from backend.engine.training.memory import OutOfMemory, named
from backend.evolution.budget import Cost, Watch

MOST_ROWS = 32
CACHE_TOKENS = 8192
"""Tokens, of prompts and answers together, that one batch keeps in memory."""
PASS_ROWS = 32
"""A pass for one token costs as much as so many rows, whatever their number (measured on the starter: 35 ms + 1 ms
for each row)."""
MARGIN = 1.25
"""A batch is begun where so many times its predicted time is left: one that is broken off was for nothing."""
PROMPT_SHARE = 0.5
"""A token of a prompt, of which many are read at once, against a row in a pass for one token."""


class Answers:
    """In batches that fit the time that is left."""

    def __init__(self, model: Any, tokenizer: PreTrainedTokenizerBase, eos_ids: frozenset[int], cost: Cost) -> None:
        """Args: cost: of one row in a pass for one token."""
        self._model = model
        self._tokenizer = tokenizer
        self._eos_ids = eos_ids
        self._cost = cost

    def take(self, items: Sequence[Item], watch: Watch, found: Found, attention: Attention) -> None:
        """Add to `found` what fits into the time. An answer that the end of the time breaks off is dropped.

        Args:
            items: those that wait longest first.

        Raises:
            BrokenOff: the user waits.
        """
        waiting = [item for item in items if item.limit > 0]
        by_limit = sorted(waiting, key=lambda item: item.limit)
        if sum(self._cost.of(_work(group)) for group in _groups(by_limit)) <= watch.left:
            waiting = by_limit
        while batch := self._fitting(waiting, watch.left):
            begun = watch.passed
            try:
                self._say(batch, watch, found, attention)
            finally:
                found.answer_seconds += watch.passed - begun
            taken = {item.id for item in batch}
            waiting = [item for item in waiting if item.id not in taken]
            attention.tell(len(batch))

    def _fitting(self, waiting: Iterable[Item], seconds: float) -> list[Item]:
        """One batch: whoever waits longest is in it, unless it takes too long by itself."""
        batch: list[Item] = []
        for item in waiting:
            if len(batch) == MOST_ROWS:
                break
            more = [*batch, item]
            if self._cost.of(_work(more)) * MARGIN <= seconds and (not batch or _room(more) <= CACHE_TOKENS):
                batch = more
        return batch

    def _say(self, batch: list[Item], watch: Watch, found: Found, attention: Attention) -> None:
        """Fewer at a time where memory does not suffice."""
        begun, work = watch.passed, PROMPT_SHARE * _prompts(batch)

        def go_on(live: int) -> bool:
            nonlocal work
            attention.heed()
            work += PASS_ROWS + live if live else 0
            return watch.left > 0

        try:
            with named():
                said = greedy(
                    self._model,
                    [item.prompt for item in batch],
                    self._eos_ids,
                    [item.limit for item in batch],
                    go_on,
                )
        except OutOfMemory:
            if len(batch) == 1:
                found.memory.add(batch[0].id)
                return
        else:
            self._cost.measure(work, watch.passed - begun)
            self._keep(batch, said, found)
            return
        half = len(batch) // 2  # outside the handler, which would hold the memory of the failed pass
        self._say(batch[:half], watch, found, attention)
        self._say(batch[half:], watch, found, attention)

    def _keep(self, batch: list[Item], said: list[Said], found: Found) -> None:
        for item, one in zip(batch, said, strict=True):
            if one.whole:
                text = str(self._tokenizer.decode(one.ids, skip_special_tokens=True))
                found.answers[item.id] = Answer(text, len(one.ids), one.stopped)


def _groups(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[first : first + MOST_ROWS] for first in range(0, len(items), MOST_ROWS)]


def _prompts(batch: Sequence[Item]) -> int:
    """Tokens of the prompts, padding counted."""
    return max(len(item.prompt) for item in batch) * len(batch)


def _room(batch: Sequence[Item]) -> int:
    """Most tokens that are kept at a time."""
    return _prompts(batch) + max(item.limit for item in batch) * len(batch)


def _work(batch: Sequence[Item]) -> float:
    """At most, in rows of a pass: rows leave the batch at their limits."""
    limits = [item.limit for item in batch]
    return PROMPT_SHARE * _prompts(batch) + PASS_ROWS * max(limits) + sum(limits)
