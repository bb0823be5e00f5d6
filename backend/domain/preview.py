"""What a file holds as the model will see it: counts, lengths, what is refused and why, and the first rows."""

import msgspec

from backend.domain.dataset import BadLine, Fault


class Span(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run of tokens of one kind. The texts of a sequence, one after the other, are what the model sees."""

    text: str
    tokens: int
    learned: bool = False
    special: bool = False
    left_out: bool = False
    """These tokens are there but not shown; the text is empty."""


class FirstRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the beginning of the file. `tokens` and `supervised` count what is not shown as well."""

    line: int
    sequences: tuple[tuple[Span, ...], ...]
    """More than one where the model's template rewrites history (semantics.md 15)."""
    more_sequences: int = 0
    """Sequences beyond the shown ones."""
    tokens: int
    supervised: int
    cut: bool = False
    """It was longer than the longest length and lost its end."""


class Lengths(msgspec.Struct, frozen=True, kw_only=True):
    """Half of the values are at most `p50`, 95 of 100 at most `p95`, none is above `longest`."""

    p50: int = 0
    p95: int = 0
    longest: int = 0


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows have 1 to `width` tokens, how many `width` + 1 to 2 x `width`, and so on."""

    width: int = 1
    counts: tuple[int, ...] = ()


class TokenFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What the tokenizer of the head's base makes of the rows that can be trained."""

    base: str
    """Name of the base."""
    limit: int
    """Longest sequence in tokens, of the model and the job's settings together."""
    tokens: int
    supervised: int
    lengths: Lengths
    """Of each row's longest sequence, which is what has to fit."""
    supervised_lengths: Lengths
    """Supervised tokens of each row."""
    histogram: Histogram
    """Of `lengths`."""
    cut: int = 0
    """Rows that lose their end."""
    heldout: int | None = None
    """Known with the last row, as `steps` is."""
    steps: int | None = None
    """Optimizer steps of the whole job."""
    warnings: tuple[str, ...] = ()


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Figures so far, or of the whole file where `complete`."""

    name: str
    bytes: int
    complete: bool
    rows: int
    """That can be trained; without token figures, that can be read."""
    refused: int
    faults: dict[Fault, int]
    """Refused lines by kind."""
    bad: tuple[BadLine, ...]
    """The first refused lines."""
    formats: dict[str, int]
    """Rows that can be read, by shape."""
    duplicates: int
    tokens: TokenFigures | None = None
    first: tuple[FirstRow, ...] = ()
    note: str = ""
    """Why there are no token figures, or why it is not complete and will not be."""
