"""A row in words for people: what the model is asked, and what it is to answer."""

from collections.abc import Sequence

from backend.domain.conversation import Conversation, Kind, Role, Turn


def question(conversation: Conversation, answer: int) -> str:
    """The user's message if it is the only one before the answer, else every turn after its role.

    Args:
        answer: place of the answer among the turns.
    """
    if conversation.kind is Kind.TEXT:
        return ""
    before = conversation.turns[:answer]
    if len(before) == 1 and before[0].role is Role.USER:
        return before[0].content
    return "\n\n".join(f"{turn.role.value}: {_said(turn)}" for turn in before)


def learned_turns(conversation: Conversation) -> list[int]:
    """Places of the turns that are learned."""
    return [place for place, turn in enumerate(conversation.turns) if turn.learned]


def is_plain(turn: Turn) -> bool:
    """Whether its content is the whole answer, without a tool call or a thought before it."""
    return not turn.tool_calls and not turn.reasoning_content


def _said(turn: Turn) -> str:
    calls: Sequence[dict[str, object]] = turn.tool_calls or ()
    names = [f"(calls {function['name']})" for call in calls if isinstance(function := call.get("function"), dict)]
    return " ".join(filter(None, (turn.content, *names)))
