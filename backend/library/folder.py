"""What a base model's folder says of itself, without loading it."""

import hashlib
from pathlib import Path

import msgspec

from backend import files
from backend.clock import utc_now
from backend.domain.head import Base
from backend.errors import Damaged

METADATA = "metadata.json"


class _Card(msgspec.Struct, frozen=True):
    """The part of metadata.json that the library shows."""

    name: str = ""
    source: str = ""
    parameters: int = 0
    context: int = 0
    created_at: str = ""


def describe(folder: Path, slug: str) -> Base:
    """Verify a model folder and describe it.

    Raises:
        Damaged: a byte differs from its SHA256SUMS, or there is no such list.
    """
    files.verify(folder)
    try:
        card = msgspec.json.decode((folder / METADATA).read_bytes(), type=_Card)
    except (OSError, UnicodeError, msgspec.MsgspecError) as error:
        raise Damaged(f"{folder / METADATA} cannot be read: {error}.", "Add the model again.") from error
    return Base(
        slug=slug,
        path=str(folder),
        sha256=hashlib.sha256((folder / files.SUMS).read_bytes()).hexdigest(),
        name=card.name or slug,
        source=card.source,
        parameters=card.parameters,
        context=card.context,
        bytes=files.size_of(folder),
        added_at=card.created_at or utc_now(),
    )


def content_of(folder: Path) -> frozenset[str]:
    """Hashes and names of a model's own files, as its SHA256SUMS lists them; empty where there is none."""
    sums = folder / files.SUMS
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    return frozenset(line for line in lines if not line.endswith(f"  {METADATA}"))
