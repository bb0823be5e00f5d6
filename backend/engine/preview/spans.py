"""Spell a tokenised row out: runs of tokens with their text, what is learned and what is special."""

from itertools import pairwise
from typing import Any

import numpy as np
from transformers import PreTrainedTokenizerBase

from backend.domain.preview import FirstRow, Span
from backend.engine.tokens.encode import Ids, Mask
from backend.engine.tokens.masks import RowTokens

HEAD, TAIL = 700, 500
"""Tokens that are shown of a long sequence."""
SEQUENCES = 8
BEFORE = 8
"""Tokens that a run is decoded with, so that a decoder knows that it is not at the start of a text."""


class Speller:
    """Decodes with one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer: Any = tokenizer
        added = (number for number, token in tokenizer.added_tokens_decoder.items() if token.special)
        self._special = np.array(sorted({*tokenizer.all_special_ids, *added}), dtype=np.int32)

    def row(self, row: RowTokens) -> FirstRow:
        return FirstRow(
            line=row.line,
            sequences=tuple(self.spans(ids, mask) for ids, mask in row.sequences[:SEQUENCES]),
            more_sequences=max(0, len(row.sequences) - SEQUENCES),
            tokens=sum(len(ids) for ids, _ in row.sequences),
            supervised=sum(int(mask.sum()) for _, mask in row.sequences),
            cut=row.cut,
        )

    def spans(self, ids: Ids, mask: Mask) -> tuple[Span, ...]:
        """One sequence; the middle of a long one is left out."""
        special = np.isin(ids, self._special)
        changes = np.flatnonzero((mask[1:] != mask[:-1]) | (special[1:] != special[:-1])) + 1
        gap = (HEAD, len(ids) - TAIL) if len(ids) > HEAD + TAIL else (len(ids), len(ids))
        bounds = {0, len(ids), *gap, *(int(c) for c in changes if not gap[0] < c < gap[1])}
        spans: list[Span] = []
        before: list[int] = []
        for begin, end in pairwise(sorted(bounds)):
            if begin == gap[0]:
                spans.append(Span(text="", tokens=end - begin, left_out=True))
                before = []
                continue
            own = ids[begin:end].tolist()
            text = self._text(before, own)
            spans.append(
                Span(text=text, tokens=len(own), learned=bool(mask[begin]), special=bool(special[begin])),
            )
            before = [*before, *own][-BEFORE:]
        return tuple(spans)

    def _text(self, before: list[int], own: list[int]) -> str:
        """Decoded in its place: at the start of a text some decoders take a space away."""
        start, whole = self._decode(before), self._decode(before + own)
        return whole[len(start) :] if whole.startswith(start) else self._decode(own)

    def _decode(self, ids: list[int]) -> str:
        text: str = self._tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return text
