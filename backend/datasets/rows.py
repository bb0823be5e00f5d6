"""The accepted shapes of a row as types, and how each becomes a Conversation (semantics.md 16)."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from backend.domain.conversation import Conversation, Kind, Role, Turn
from backend.domain.dataset import Fault
from backend.errors import UserError

ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "human": Role.USER,
    "assistant": Role.ASSISTANT,
    "gpt": Role.ASSISTANT,
    "function_call": Role.ASSISTANT,
    "tool": Role.TOOL,
    "observation": Role.TOOL,
    "function": Role.TOOL,
}
_CHAT = Kind.CHAT
_ASSISTANT = Role.ASSISTANT
_TEXT = Role.TEXT
_KNOWN = "messages, conversations, instruction and output, prompt and completion, or text"


class RowRefused(UserError):
    """Why a row cannot be trained, and what its author can do."""

    def __init__(self, reason: str, remedy: str, fault: Fault = Fault.FORM) -> None:
        super().__init__(reason, remedy)
        self.reason = reason
        self.remedy = remedy
        self.fault = fault


class Part(msgspec.Struct, gc=False):
    """One part of a content list; only text parts are accepted."""

    type: str = "text"
    text: str | None = None


class Message(msgspec.Struct, gc=False):
    """A message with role and content, or from and value as ShareGPT writes it."""

    role: str | None = None
    content: str | list[Part] | None = None
    speaker: str | None = msgspec.field(default=None, name="from")
    value: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    name: str | None = None
    tool_call_id: str | None = None
    reasoning_content: str | None = None


class Row(msgspec.Struct, gc=False):
    """Every field that any shape uses. What else a row holds is left alone."""

    messages: list[Message] | UnsetType = UNSET
    conversations: list[Message] | UnsetType = UNSET
    prompt: str | list[Message] | UnsetType = UNSET
    completion: str | list[Message] | UnsetType = UNSET
    instruction: str | UnsetType = UNSET
    input: str | None = None
    output: str | UnsetType = UNSET
    system: str | None = None
    history: list[tuple[str, str]] | None = None
    text: str | UnsetType = UNSET
    tools: str | list[dict[str, Any]] | None = None


class PlainRow(msgspec.Struct, gc=False):
    """The commonest row, decoded straight into turns; with `system` or `tools` it is no plain one."""

    messages: tuple[Turn, ...]
    system: msgspec.Raw | UnsetType = UNSET
    tools: msgspec.Raw | UnsetType = UNSET


def plain(row: PlainRow, line: int) -> Conversation | None:
    """The row as it stands; None where `normalise` has to look at it."""
    if row.system is not UNSET or row.tools is not UNSET:
        return None
    learned = False
    for turn in row.messages:
        if turn.tool_calls is not None or turn.role is _TEXT:
            return None
        if turn.role is _ASSISTANT and turn.content and not turn.content.isspace():
            learned = True
    return Conversation(line=line, kind=_CHAT, shape="messages", turns=row.messages) if learned else None


def normalise(row: Row, line: int) -> Conversation:
    """The row as a Conversation that has something to learn.

    Raises:
        RowRefused: a field is missing or unusable.
    """
    if row.messages is not UNSET:
        return _chat(line, "messages", [_turn(m) for m in row.messages], row)
    if row.conversations is not UNSET:
        return _chat(line, "sharegpt", [_turn(m) for m in row.conversations], row)
    if row.completion is not UNSET or (row.prompt is not UNSET and row.output is UNSET and row.text is UNSET):
        return _chat(line, "prompt", _prompt(row), row)
    if row.instruction is not UNSET or row.output is not UNSET:
        return _chat(line, "alpaca", _alpaca(row), row)
    if row.text is not UNSET:
        if not row.text.strip():
            raise RowRefused("The text is empty.", "Remove the row.", Fault.NOTHING_TO_LEARN)
        turns = (Turn(role=Role.TEXT, content=row.text),)
        return Conversation(line=line, kind=Kind.TEXT, shape="text", turns=turns)
    raise RowRefused("The row has none of the known fields.", f"Give it {_KNOWN}.")


def _chat(line: int, shape: str, turns: list[Turn], row: Row) -> Conversation:
    if not turns:
        remedy = "Remove the row, or give it a question and an answer."
        raise RowRefused("The list of messages is empty.", remedy, Fault.NOTHING_TO_LEARN)
    if row.system and turns[0].role is not Role.SYSTEM:
        turns.insert(0, Turn(role=Role.SYSTEM, content=row.system))
    for turn in turns:
        if turn.learned and (turn.tool_calls or (turn.content and not turn.content.isspace())):
            break
    else:
        raise _nothing_to_learn(turns)
    tools = _tools(row.tools) if row.tools else None
    return Conversation(line=line, kind=_CHAT, shape=shape, turns=tuple(turns), tools=tools)


def _nothing_to_learn(turns: list[Turn]) -> RowRefused:
    if any(turn.learned for turn in turns):
        reason, remedy = "Every answer is empty, so there is nothing to learn.", "Write the answer, or remove the row."
    else:
        reason = "There is no assistant message, so there is nothing to learn."
        remedy = "Add an assistant message."
    return RowRefused(reason, remedy, Fault.NOTHING_TO_LEARN)


def _turn(message: Message, learn: bool = True) -> Turn:
    named = message.role if message.role is not None else message.speaker
    if named is None:
        raise RowRefused("A message has no role.", 'Give it "role" (or "from"): system, user, assistant or tool.')
    role = ROLES.get(named)
    if role is None:
        raise RowRefused(f"The role {named[:40]!r} is not known.", "Use system, user, assistant or tool.")
    return Turn(
        role=role,
        content=_content(message),
        tool_calls=[_tool_call(call) for call in message.tool_calls] if message.tool_calls else None,
        name=message.name,
        tool_call_id=message.tool_call_id,
        reasoning_content=message.reasoning_content,
        learn=learn,
    )


def _content(message: Message) -> str:
    content = message.content if message.content is not None else message.value
    if isinstance(content, str):
        return content
    if content is None:
        if message.tool_calls:
            return ""
        raise RowRefused("A message has no content.", 'Give it "content" (or "value") with text.')
    texts = []
    for part in content:
        if part.type != "text" or part.text is None:
            raise RowRefused(f"A message has a part of type {part.type[:40]!r}.", "Only text parts can be trained.")
        texts.append(part.text)
    return "".join(texts)


def _tool_call(call: dict[str, Any]) -> dict[str, Any]:
    """Templates expect the arguments as an object; the OpenAI form writes them as JSON text."""
    function = call.get("function", call)
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise RowRefused("A tool call has no function name.", 'Write {"function": {"name": …, "arguments": …}}.')
    arguments = function.get("arguments", {})
    if isinstance(arguments, str):
        try:
            arguments = msgspec.json.decode(arguments)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise RowRefused("The arguments of a tool call are not JSON.", "Write them as a JSON object.") from error
    kept = {key: value for key, value in call.items() if key not in ("function", "name", "arguments")}
    return {"type": "function", **kept, "function": {"name": function["name"], "arguments": arguments}}


def _tools(tools: str | list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    if isinstance(tools, str) and tools.strip():
        try:
            tools = msgspec.json.decode(tools, type=list[dict[str, Any]])
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise RowRefused('"tools" is not a JSON list of tools.', "Write it as a list of objects.") from error
    if not tools or isinstance(tools, str):
        return None
    return [
        {"type": "function", "function": tool} if "name" in tool and "function" not in tool else tool for tool in tools
    ]


def _prompt(row: Row) -> list[Turn]:
    if row.prompt is UNSET or row.completion is UNSET:
        missing = "prompt" if row.prompt is UNSET else "completion"
        raise RowRefused(f'The row has no "{missing}".', 'Give it both "prompt" and "completion".')
    if isinstance(row.prompt, str):
        turns = [Turn(role=Role.USER, content=row.prompt)]
    else:
        turns = [_turn(message, learn=False) for message in row.prompt]
    if isinstance(row.completion, str):
        return [*turns, Turn(role=Role.ASSISTANT, content=row.completion)]
    return [*turns, *(_turn(message) for message in row.completion)]


def _alpaca(row: Row) -> list[Turn]:
    if row.instruction is UNSET or row.output is UNSET:
        missing = "instruction" if row.instruction is UNSET else "output"
        raise RowRefused(f'The row has no "{missing}".', 'Give it both "instruction" and "output".')
    turns = []
    for question, answer in row.history or ():
        turns += [Turn(role=Role.USER, content=question), Turn(role=Role.ASSISTANT, content=answer)]
    question = f"{row.instruction}\n{row.input}" if row.input else row.instruction
    return [*turns, Turn(role=Role.USER, content=question), Turn(role=Role.ASSISTANT, content=row.output)]
