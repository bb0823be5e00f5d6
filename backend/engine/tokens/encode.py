"""Tokenise pieces of text in batches, without automatic special tokens, and build the masks of whole sequences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from transformers import PreTrainedTokenizerBase

from backend.engine.tokens.plan import Piece
from backend.errors import UserError

Ids = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
_ANCHOR = "\n"


@dataclass(frozen=True)
class Encoded:
    """Token ids of one text with the position of each token's first character."""

    ids: list[int]
    starts: list[int]


class Encoder:
    """Tokenises as the model reads: an answer after its prompt begins without a made-up leading space."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, eos_ids: frozenset[int]) -> None:
        """Raises UserError where the tokenizer has no fast form or the model no stop token."""
        if not tokenizer.is_fast:
            raise UserError("The model's tokenizer has no tokenizer.json.", "Choose a model that has one.")
        own = tokenizer.eos_token_id
        self._tokenizer = tokenizer
        self._eos_ids = eos_ids or (frozenset({own}) if isinstance(own, int) else frozenset())
        if not self._eos_ids:
            raise UserError("The model names no stop token.", "Choose another model.")
        self.stop_id = own if isinstance(own, int) and own in self._eos_ids else min(self._eos_ids)
        """Appended where the template has none."""
        self.longest_token = max(16, *(len(token) for token in tokenizer.get_vocab()))
        """Characters that one token can stand for."""
        self._anchor = self._spaces_its_start()

    def bos_ids(self) -> list[int]:
        """What the tokenizer puts before any text by itself; text rows need it, templates print it themselves."""
        plain, full = self._ids("a", False), self._ids("a", True)
        return full[: full.index(plain[0])] if plain and plain[0] in full else []

    def encode(self, texts: Sequence[str], continued: Sequence[bool]) -> list[Encoded]:
        """Args: continued: for each text whether it goes on from another, so that no space may be put before it."""
        if not texts:
            return []
        anchored = [bool(self._anchor) and goes_on for goes_on in continued]
        batch = self._tokenizer(
            [_ANCHOR + text if with_anchor else text for text, with_anchor in zip(texts, anchored, strict=True)],
            add_special_tokens=False,
            return_offsets_mapping=True,
            return_attention_mask=False,
            verbose=False,
        )
        encoded = []
        for ids, offsets, with_anchor in zip(batch["input_ids"], batch["offset_mapping"], anchored, strict=True):
            skip = len(self._anchor) if with_anchor and ids[: len(self._anchor)] == self._anchor else 0
            shift = len(_ANCHOR) if with_anchor else 0
            encoded.append(Encoded(ids[skip:], [max(start - shift, 0) for start, _ in offsets[skip:]]))
        return encoded

    def sequence(self, pieces: Sequence[Piece], encoded: Sequence[Encoded]) -> tuple[Ids, Mask]:
        """Join the pieces of one sequence; True marks the tokens that are learned."""
        ids: list[int] = []
        mask: list[bool] = []
        for piece, tokens in zip(pieces, encoded, strict=True):
            taken, learned = self._with_stop(piece, tokens)
            ids += taken
            mask += [True] * learned + [False] * (len(taken) - learned)
        return np.array(ids, dtype=np.int32), np.array(mask, dtype=np.bool_)

    def _with_stop(self, piece: Piece, tokens: Encoded) -> tuple[list[int], int]:
        """The piece's ids with a stop token after its answer, and how many of them are learned."""
        answer = piece.answer
        if answer is None:
            return tokens.ids, 0
        for index, (token, start) in enumerate(zip(tokens.ids, tokens.starts, strict=True)):
            if answer.content_end <= start < answer.limit and token in self._eos_ids:
                return tokens.ids, index + 1
        place = next((i for i, start in enumerate(tokens.starts) if start >= answer.end), len(tokens.ids))
        return [*tokens.ids[:place], self.stop_id, *tokens.ids[place:]], place + 1

    def _ids(self, text: str, special: bool) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=special)["input_ids"]
        return ids

    def _spaces_its_start(self) -> list[int]:
        """Ids of the anchor where the tokenizer puts a space before any text (SentencePiece), else none."""
        anchor, letter = self._ids(_ANCHOR, False), self._ids("a", False)
        both = self._ids(_ANCHOR + "a", False)
        return anchor if both[: len(anchor)] == anchor and both[len(anchor) :] != letter else []
