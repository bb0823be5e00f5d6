"""From conversations to token ids with masks: True where the model learns the token (semantics.md 15 and 16)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from transformers import PreTrainedTokenizerBase

from backend.datasets.rows import RowRefused
from backend.domain.conversation import Conversation, Kind, content_hash
from backend.domain.dataset import BadLine, Fault
from backend.domain.job import JobSettings
from backend.engine.tokens.encode import Encoder, Ids, Mask
from backend.engine.tokens.notices import Notices
from backend.engine.tokens.plan import Answer, Piece, plan
from backend.engine.tokens.render import Renderer
from backend.engine.tokens.special import SpecialText


@dataclass(frozen=True)
class RowTokens:
    """One row, ready to train. The first token of a sequence is never learned: nothing precedes it."""

    line: int
    hash: bytes
    sequences: tuple[tuple[Ids, Mask], ...]
    cut: bool


class Masker:
    """Tokenises the rows of one file for one tokenizer and one job's settings."""

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, eos_ids: frozenset[int], context: int, settings: JobSettings
    ) -> None:
        self._renderer = Renderer(tokenizer, settings.template_date)
        self._encoder = Encoder(tokenizer, eos_ids)
        self._special = None if settings.allow_special_tokens else SpecialText(tokenizer)
        self._limit = min(context, settings.max_length)
        self._cut = settings.cut_long_rows
        self._bos = self._encoder.bos_ids()
        self._notices = Notices(self._renderer)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the file's rows have and the model's template leaves out, each said once."""
        return self._notices.found

    def tokenise(self, conversations: Sequence[Conversation]) -> list[RowTokens | BadLine]:
        """One result for each conversation, in order; one batch for the tokenizer."""
        plans: list[list[tuple[Piece, ...]] | BadLine] = [self._planned(row) for row in conversations]
        pieces = [piece for row in plans if not isinstance(row, BadLine) for sequence in row for piece in sequence]
        continued = [
            number > 0
            for row in plans
            if not isinstance(row, BadLine)
            for sequence in row
            for number in range(len(sequence))
        ]
        encoded = iter(self._encoder.encode([piece.text for piece in pieces], continued))
        results: list[RowTokens | BadLine] = []
        for conversation, row in zip(conversations, plans, strict=True):
            if isinstance(row, BadLine):
                results.append(row)
                continue
            sequences = [self._encoder.sequence(sequence, [next(encoded) for _ in sequence]) for sequence in row]
            results.append(self._bounded(conversation, sequences))
        return results

    def _planned(self, conversation: Conversation) -> list[tuple[Piece, ...]] | BadLine:
        try:
            if self._special is not None:
                self._special.require_none(conversation)
            if conversation.kind is Kind.TEXT:
                text = conversation.turns[0].content
                sequences: list[tuple[Piece, ...]] = [(Piece(text, Answer(len(text), len(text), len(text))),)]
            else:
                sequences = plan(conversation, self._renderer)
                self._notices.look(conversation)
            return [self._shortened(sequence) for sequence in sequences]
        except RowRefused as refused:
            return _bad(conversation, refused)

    def _shortened(self, sequence: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """Spare the tokenizer what cannot fit: no token stands for more than `longest_token` characters."""
        room = self._limit * self._encoder.longest_token + 1
        if sum(len(piece.text) for piece in sequence) <= room:
            return sequence
        if not self._cut:
            raise self._too_long(f"many more than the {self._limit:,} tokens that fit")
        kept = []
        for piece in sequence:
            if room <= 0:
                break
            kept.append(piece if len(piece.text) <= room else _first(piece, room))
            room -= len(piece.text)
        return tuple(kept)

    def _bounded(self, conversation: Conversation, sequences: list[tuple[Ids, Mask]]) -> RowTokens | BadLine:
        if conversation.kind is Kind.TEXT:
            sequences = [_with_start(ids, mask, self._bos) for ids, mask in sequences]
        longest = max(len(ids) for ids, _ in sequences)
        cut = longest > self._limit
        if cut and not self._cut:
            return _bad(conversation, self._too_long(f"{longest:,} tokens and {self._limit:,} fit"))
        kept = []
        for ids, mask in sequences:
            mask[:1] = False
            if mask[: self._limit].any():
                kept.append((ids[: self._limit], mask[: self._limit]))
        if not kept:
            return BadLine(
                line=conversation.line,
                reason="Nothing is left to learn of it" + (" after cutting it to the longest length." if cut else "."),
                remedy="Shorten its question, or raise the longest length." if cut else "Remove the row.",
                fault=Fault.NOTHING_TO_LEARN,
            )
        return RowTokens(conversation.line, content_hash(conversation), tuple(kept), cut)

    def _too_long(self, what: str) -> RowRefused:
        return RowRefused(
            f"It has {what}.",
            "Shorten it, raise the longest length (max_length), or allow cutting (cut_long_rows).",
            Fault.TOO_LONG,
        )


def _bad(conversation: Conversation, refused: RowRefused) -> BadLine:
    return BadLine(line=conversation.line, reason=refused.reason, remedy=refused.remedy, fault=refused.fault)


def _first(piece: Piece, room: int) -> Piece:
    """The beginning of a piece that is cut anyway; its stop token lies beyond the cut."""
    return Piece(piece.text[:room], piece.answer)


def _with_start(ids: Ids, mask: Mask, bos: list[int]) -> tuple[Ids, Mask]:
    if not bos:
        return ids, mask
    start = len(bos)
    longer, learned = np.empty(start + len(ids), np.int32), np.zeros(start + len(ids), np.bool_)
    longer[:start], longer[start:], learned[start:] = bos, ids, mask
    return longer, learned
