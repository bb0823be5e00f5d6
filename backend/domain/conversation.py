"""One training row in the one form that everything after the reader works with."""

import enum
import hashlib
from typing import Any

import msgspec


class Kind(enum.StrEnum):
    """`chat` goes through the model's template and trains answers; `text` is trained as it stands."""

    CHAT = "chat"
    TEXT = "text"


class Role(enum.StrEnum):
    """Who speaks. `text` is the single turn of a text row."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    TEXT = "text"


_LEARNED = (Role.ASSISTANT, Role.TEXT)


class Turn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One message. `learn` is False for answers that belong to a prompt and are only context."""

    role: Role
    content: str
    tool_calls: list[dict[str, Any]] | None = None
    name: str | None = None
    tool_call_id: str | None = None
    reasoning_content: str | None = None
    learn: bool = msgspec.field(default=True, name="learned by Espalier")
    """Named so that no column of a file sets it: turns of plain rows are decoded as they stand."""

    @property
    def learned(self) -> bool:
        return self.learn and self.role in _LEARNED


class Conversation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A row that was accepted. `line` counts from 1: lines of the file, or entries where the file is a JSON array."""

    line: int
    kind: Kind
    shape: str
    """How it was written: messages, sharegpt, alpaca, prompt, text."""
    turns: tuple[Turn, ...]
    tools: list[dict[str, Any]] | None = None


_ENCODER = msgspec.json.Encoder(order="sorted")


def content_hash(conversation: Conversation) -> bytes:
    """16 bytes that are equal for rows that say the same, whatever line and shape they came in."""
    content = _ENCODER.encode((conversation.kind, conversation.turns, conversation.tools))
    return hashlib.blake2b(content, digest_size=16).digest()


def quick_hash(conversation: Conversation) -> int:
    """Like `content_hash`, within one process and several times as fast; 64 bits, negative ones too."""
    parts: list[object] = [id(conversation.kind)]
    for turn in conversation.turns:
        if turn.tool_calls is not None or conversation.tools is not None:
            return int.from_bytes(content_hash(conversation)[:8], "little", signed=True)
        parts += (id(turn.role), turn.content, turn.learn)
    return hash(tuple(parts))
