"""One card: its place, and its rows as JSON with a hash of their own, so that damage shows without a database."""

import hashlib
from pathlib import Path

import msgspec

from backend.errors import Damaged
from backend.paths import Home
from backend.store.cards import Rows

JOB = "job"
NUMBERS = "numbers"
"""The kind of the one card that holds no rows but the highest numbers ever given."""

_NUMBERS_TABLE = "sqlite_sequence"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file. `sha256` is that of `rows` as compact JSON."""

    kind: str
    key: str
    rows: Rows
    sha256: str


def place(home: Home, kind: str, key: str) -> Path:
    """Of a job beside its checkpoints, else among the cards."""
    if kind == JOB:
        return home.job_card(int(key))
    return home.cards / f"{kind}-{key.zfill(6) if key.isdecimal() else key}.json"


def places(home: Home) -> list[Path]:
    """Every card that there is."""
    return [*sorted(home.runs.glob("*/job.json")), *sorted(home.cards.glob("*.json"))]


def encoded(kind: str, key: str, rows: Rows) -> bytes:
    """The file's content."""
    card = Card(kind=kind, key=key, rows=rows, sha256=_sha256(rows))
    return msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n"


def numbers_card(numbers: dict[str, int]) -> bytes:
    """The content of the card of numbers: the highest by table."""
    return encoded(NUMBERS, "all", {_NUMBERS_TABLE: [dict(numbers)]})


def numbers_of(card: Card) -> dict[str, int]:
    """What `numbers_card` was given."""
    return msgspec.convert(card.rows.get(_NUMBERS_TABLE, [{}])[0], dict[str, int])


def read(path: Path) -> Card:
    """Raises Damaged."""
    try:
        card = msgspec.json.decode(path.read_bytes(), type=Card)
    except (OSError, UnicodeError, msgspec.MsgspecError) as error:
        raise Damaged(f"{path} cannot be read: {error}.", MEND) from error
    if _sha256(card.rows) != card.sha256:
        raise Damaged(f"{path} is not what was written.", MEND)
    return card


MEND = "`espalier doctor --rebuild` writes it anew from the database."


def _sha256(rows: Rows) -> str:
    return hashlib.sha256(msgspec.json.encode(rows, order="deterministic")).hexdigest()
