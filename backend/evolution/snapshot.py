"""The file of a snapshot: its name, its bytes, and the figures over all examples."""

import re
from collections.abc import Iterable

import msgspec

from backend.domain.snapshot import FORMAT, Scored, Snapshot, Summary
from backend.errors import Damaged

ANALYSIS = "analysis.json"
FORGETTING = "forgetting.json"
_NAME = re.compile(r"step_([0-9]{1,18})\.json")


def summary_of(examples: Iterable[Scored]) -> Summary:
    """The figures over all examples."""
    every = tuple(examples)
    right = [one.right for one in every if one.right is not None]
    return Summary(
        avg_loss=_mean(one.loss for one in every),
        avg_loss_heldout=_mean(one.loss for one in every if one.heldout),
        avg_similarity=_mean(one.similarity for one in every),
        accuracy=sum(right) / len(right) if right else None,
        total_examples=len(every),
        scored=sum(one.loss is not None for one in every),
        answered=len(right),
        correct=sum(right),
        incorrect=len(right) - sum(right),
    )


def file_name(step: int) -> str:
    """Its name in the folder of the run."""
    return f"step_{step:06d}.json"


def step_of(name: str) -> int | None:
    """The step that a file name says, whatever its zeros; None for other files."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None


def encoded(record: msgspec.Struct) -> bytes:
    """As it lies on disk, for people and programs."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def decoded(content: bytes, where: object) -> Snapshot:
    """The snapshot in a file.

    Args:
        where: named in the error.

    Raises:
        Damaged: it is not one, or of a newer format.
    """
    try:
        snapshot = msgspec.json.decode(content, type=Snapshot)
    except (UnicodeError, msgspec.DecodeError) as error:
        raise Damaged(
            f"{where} is not a snapshot: {error}.", "Bring it back from a backup, or do without it."
        ) from error
    if snapshot.format != FORMAT:
        raise Damaged(f"{where} has format {snapshot.format}, this Espalier reads {FORMAT}.", "Update Espalier.")
    return snapshot


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
