"""A pinned example: it follows the model across datasets."""

from typing import Any

import msgspec

from backend.domain.conversation import Conversation, Kind, Turn


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that ends with the expected answer."""

    example_id: str
    turns: tuple[Turn, ...]
    tools: list[dict[str, Any]] | None = None
    dataset: str = ""
    """SHA-256 of the stored file that it was taken from; empty where it was typed in."""
    dataset_name: str = ""
    line: int = 0
    pinned_at: str = ""

    @property
    def conversation(self) -> Conversation:
        return Conversation(line=self.line, kind=Kind.CHAT, shape="messages", turns=self.turns, tools=self.tools)
