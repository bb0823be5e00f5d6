"""One example of the panel as the engine works with it: its tokens, and what of it stays the same over a run."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from transformers import PreTrainedTokenizerBase

from backend.domain.conversation import Conversation, Kind
from backend.domain.snapshot import LeftOut, Scored, Source
from backend.engine.tokens.encode import Ids, Mask
from backend.engine.training.batches import Example
from backend.evolution import words

LONGER = 1.5
"""An answer may be so many times as long as the expected one."""
SPARE_TOKENS = 8
"""An answer may be longer by this in any case: 1.5 times three tokens would cut nearly everything."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where an example comes from."""

    example_id: str
    source: Source = Source.DATASET
    pinned: bool = False
    heldout: bool = False
    dataset: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Item:
    """`example` is None where the row does not fit into the model's context; `facts` then says that."""

    facts: Scored
    """Without anything that was taken; step 0."""
    example: Example | None = None
    prompt: tuple[int, ...] = ()
    limit: int = 0
    """Most new tokens of an answer; 0 asks for none."""
    taught: str = ""
    """The expected answer as the model's own template prints it."""

    @property
    def id(self) -> str:
        return self.facts.example_id


class Maker:
    """Makes examples from tokenised rows and their text."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, eos_ids: frozenset[int], context: int) -> None:
        self._tokenizer = tokenizer
        self._eos_ids = eos_ids
        self._context = context

    def item(self, origin: Origin, conversation: Conversation, sequences: Sequence[tuple[Ids, Mask]]) -> Item:
        """Args: sequences: of the row, as it trains."""
        is_text = conversation.kind is Kind.TEXT
        runs = [run for ids, mask in sequences for run in self._runs(ids, mask, whole=is_text)]
        ids, mask = sequences[-1]
        begin, end = runs[-1]
        learned = np.zeros(end, dtype=np.bool_)
        learned[begin:end] = mask[begin:end]
        answer = [int(token) for token in ids[begin:end]]
        if answer and answer[-1] in self._eos_ids:
            answer.pop()
        turn = self._turn(conversation, len(runs))
        taught = self._decoded(answer)
        ended = len(answer) < end - begin
        plain = words.is_plain(conversation.turns[turn]) and ended
        limit = min(max(math.ceil(LONGER * len(answer)), len(answer) + SPARE_TOKENS), self._context - begin)
        facts = Scored(
            step=0,
            input=words.question(conversation, turn),
            expected_output=conversation.turns[turn].content if plain or is_text else taught,
            length=sum(len(ids) for ids, _ in sequences),
            expected_length=len(answer),
            left_out=LeftOut.NO_ANSWER if is_text else LeftOut.TOO_LONG if limit < 1 else None,
            **msgspec.structs.asdict(origin),
        )
        return Item(
            facts=facts,
            example=Example(ids[:end], learned),
            prompt=tuple(int(token) for token in ids[:begin]),
            limit=0 if is_text else max(limit, 0),
            taught=taught,
        )

    def too_long(self, origin: Origin, conversation: Conversation) -> Item:
        """One that is shown, and neither scored nor answered."""
        place = words.learned_turns(conversation)[-1]
        facts = Scored(
            step=0,
            input=words.question(conversation, place),
            expected_output=conversation.turns[place].content,
            left_out=LeftOut.TOO_LONG,
            **msgspec.structs.asdict(origin),
        )
        return Item(facts=facts)

    def _runs(self, ids: Ids, mask: Mask, *, whole: bool) -> list[tuple[int, int]]:
        """Bounds of what is learned in one go: answers, each up to its stop token; a text is one answer."""
        edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
        bounds = [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]
        if whole:
            return [(bounds[0][0], bounds[-1][1])]
        return [cut for begin, end in bounds for cut in self._cut(ids, begin, end)]

    def _cut(self, ids: Ids, begin: int, end: int) -> list[tuple[int, int]]:
        """Answers that follow each other without a prompt between them."""
        stops = [place + 1 for place in range(begin, end) if int(ids[place]) in self._eos_ids]
        bounds = [begin, *(stop for stop in stops if stop < end), end]
        return list(itertools.pairwise(bounds))

    def _turn(self, conversation: Conversation, runs: int) -> int:
        """Place of the turn whose answer is the last one that was tokenised: a cut row may end before its last."""
        learned = words.learned_turns(conversation)
        return learned[min(runs, len(learned)) - 1]

    def _decoded(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))
