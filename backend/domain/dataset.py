"""What is known of a stored file of training rows before any tokenizer has seen it."""

import enum

import msgspec


class Fault(enum.StrEnum):
    """What kind of fault a refused line has, for counting; its reason says it in words."""

    FORM = "form"
    """Not JSON, or not one of the known shapes."""
    NOTHING_TO_LEARN = "nothing-to-learn"
    SPECIAL_TOKEN = "special-token"
    TEMPLATE = "template"
    """The model's chat template does not accept it."""
    TOO_LONG = "too-long"
    """More tokens than fit."""


class BadLine(msgspec.Struct, frozen=True, kw_only=True):
    """One refused line: where, why, and what to do about it."""

    line: int
    """Counted from 1; 0 where the whole file is meant."""
    reason: str
    remedy: str
    fault: Fault = Fault.FORM


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a file after reading it once. `bad` holds the first refused lines, `refused` counts them all."""

    rows: int
    refused: int
    formats: dict[str, int] = {}
    """Rows by shape: messages, sharegpt, alpaca, prompt, text."""
    duplicates: int = 0
    bad: tuple[BadLine, ...] = ()


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """An immutable copy in datasets/, named by its SHA-256, plus the name the user gave it."""

    sha256: str
    name: str
    bytes: int
    report: Report
