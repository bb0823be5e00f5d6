"""Notice, once a file, what a model's chat template leaves out without an error."""

from backend.domain.conversation import Conversation, Role
from backend.engine.tokens.render import Renderer, message

_OTHER = "something else"


class Notices:
    """Looks at the first row that has tools, and at the first one with each role, by rendering it differently."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._looked: set[str] = set()
        self._found: list[str] = []

    @property
    def found(self) -> tuple[str, ...]:
        return tuple(self._found)

    def look(self, conversation: Conversation) -> None:
        """`conversation` is one that the template accepts. Raises RowRefused where it does not."""
        parts = {turn.role.value for turn in conversation.turns if turn.role is not Role.ASSISTANT}
        if conversation.tools is not None:
            parts.add("tools")
        for part in sorted(parts - self._looked):
            self._looked.add(part)
            if self._leaves_out(conversation, part):
                self._found.append(_said(part))

    def _leaves_out(self, conversation: Conversation, part: str) -> bool:
        messages = [message(turn) for turn in conversation.turns]
        whole = self._renderer.render(messages, conversation.tools)
        if part == "tools":
            return whole == self._renderer.render(messages)
        others = [{**m, "content": f"{m['content']} {_OTHER}"} if m["role"] == part else m for m in messages]
        return whole == self._renderer.render(others, conversation.tools)


def _said(part: str) -> str:
    if part == "tools":
        return "The model's chat template ignores `tools`: rows that have them are trained without."
    return f"The model's chat template leaves out messages of the role {part}: rows are trained without them."
