"""Pinned examples: they follow the model across datasets. A file of the home holds them, for folders are the truth."""

import hashlib
from pathlib import Path

import msgspec

from backend import files
from backend.domain.conversation import Conversation, Kind, Role, Turn, content_hash
from backend.domain.pin import Pin
from backend.errors import Damaged, WrongUse

MOST = 500


class _File(msgspec.Struct, frozen=True, kw_only=True):
    pins: tuple[Pin, ...] = ()
    sha256: str = ""
    """Of the pins as compact JSON; older programs wrote none. Somebody may have changed the file by hand."""


def id_of(conversation: Conversation) -> str:
    """The example's id: the same wherever the row stands."""
    return content_hash(conversation).hex()


def typed(question: str, answer: str, system: str, pinned_at: str) -> Pin:
    """An example from what a user typed. Raises WrongUse where question or answer is empty."""
    if not question.strip() or not answer.strip():
        raise WrongUse("An example needs a question and the answer that is expected.", "Fill in both.")
    turns: tuple[Turn, ...] = (Turn(role=Role.USER, content=question), Turn(role=Role.ASSISTANT, content=answer))
    if system.strip():
        turns = (Turn(role=Role.SYSTEM, content=system), *turns)
    example_id = id_of(Conversation(line=0, kind=Kind.CHAT, shape="messages", turns=turns))
    return Pin(example_id=example_id, turns=turns, pinned_at=pinned_at)


def load(path: Path) -> tuple[Pin, ...]:
    """In the order in which they were pinned. Raises Damaged where the file cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File).pins
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise Damaged(
            f"The pinned examples in {path} cannot be read ({error.strerror}).", "Mend its rights."
        ) from error
    except (UnicodeError, msgspec.DecodeError) as error:
        raise Damaged(f"The pinned examples in {path} cannot be read: {error}.", "Mend or remove the file.") from error


def store(path: Path, pins: tuple[Pin, ...]) -> None:
    """Replace the file. Raises NoSpace, and WrongUse beyond `MOST`."""
    if len(pins) > MOST:
        raise WrongUse(f"{MOST} examples are pinned, and no more fit.", "Unpin some first.")
    files.make_folder(path.parent)
    files.write(path, _encoded(pins))


def is_as_written(path: Path) -> bool:
    """Whether no byte differs from what `store` wrote, as far as the file knows; one that is not there does not."""
    try:
        content = path.read_bytes()
        found = msgspec.json.decode(content, type=_File)
    except FileNotFoundError:
        return True
    except (OSError, UnicodeError, msgspec.DecodeError):
        return False
    return not found.sha256 or content == _encoded(found.pins)


def _encoded(pins: tuple[Pin, ...]) -> bytes:
    digest = hashlib.sha256(msgspec.json.encode(pins)).hexdigest()
    return msgspec.json.format(msgspec.json.encode(_File(pins=pins, sha256=digest)), indent=1) + b"\n"
