"""host.json: where the running host of a home listens, and the key that lets its owner in."""

import msgspec

from backend import files
from backend.paths import Home


class HostCard(msgspec.Struct, frozen=True, kw_only=True):
    """Readable by the owner alone."""

    address: str
    key: str
    """Hexadecimal."""
    pid: int
    started_at: str


def write(home: Home, card: HostCard) -> None:
    files.write(home.host_card, msgspec.json.encode(card), mode=0o600)


def read(home: Home) -> HostCard | None:
    """None where no host has left a card; the card of a dead host may still be there."""
    try:
        return msgspec.json.decode(home.host_card.read_bytes(), type=HostCard)
    except (FileNotFoundError, UnicodeError, msgspec.MsgspecError):
        return None


def remove(home: Home) -> None:
    home.host_card.unlink(missing_ok=True)
