"""Decide on the rendered text which parts are prompts and which are answers (semantics.md 15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.datasets.rows import RowRefused
from backend.domain.conversation import Conversation, Turn
from backend.domain.dataset import Fault
from backend.engine.tokens.render import Renderer, message

TURN_LIMIT = 1000
_THOUGHT_END = "</think>"


@dataclass(frozen=True)
class Answer:
    """Positions within the text of a piece that begins with an answer.

    The stop token is looked for from `content_end` up to `limit`; where there is none it is inserted at `end`.
    """

    content_end: int
    end: int
    limit: int


@dataclass(frozen=True)
class Piece:
    """Text that is tokenised by itself; without an answer nothing of it is learned."""

    text: str
    answer: Answer | None = None


def plan(conversation: Conversation, renderer: Renderer) -> list[tuple[Piece, ...]]:
    """The sequences of a chat row: one, or one for each answer where the template rewrites history.

    Raises:
        RowRefused: the template does not accept the row, or does not print an answer.
    """
    turns = conversation.turns
    if len(turns) > TURN_LIMIT:
        raise RowRefused(f"The row has {len(turns):,} messages.", f"Split it into rows of at most {TURN_LIMIT:,}.")
    messages = [message(turn) for turn in turns]
    tools = conversation.tools
    whole = renderer.render(messages, tools)
    learned = [index for index, turn in enumerate(turns) if turn.learned]
    spans = []
    for index in learned:
        upto = whole if index == len(turns) - 1 else renderer.render(messages[: index + 1], tools)
        if index:
            prompt = renderer.render(messages[:index], tools, add_generation_prompt=True)
        else:
            prompt = upto[: _find_content(turns[0], upto)[1]]  # nothing precedes it but its header
        spans.append(_Span(turns[index], index, prompt, upto))
    if all(whole.startswith(span.upto) and span.upto.startswith(span.prompt) for span in spans):
        return [_one_sequence(whole, spans, turns)]
    return [_own_sequence(span, renderer, messages, tools) for span in spans]


@dataclass(frozen=True)
class _Span:
    turn: Turn
    index: int
    prompt: str
    """The messages before it, with the generation prompt."""
    upto: str
    """The messages up to and with it."""


def _one_sequence(whole: str, spans: Sequence[_Span], turns: Sequence[Turn]) -> tuple[Piece, ...]:
    pieces = [Piece(whole[: len(spans[0].prompt)])] if spans[0].prompt else []
    for number, span in enumerate(spans):
        begin = len(span.prompt)
        until = len(spans[number + 1].prompt) if number + 1 < len(spans) else len(whole)
        text = whole[begin:until]
        answer = _answer(span.turn, text, len(span.upto) - begin)
        following = turns[span.index + 1].content.strip() if span.index + 1 < len(turns) else ""
        found = text.find(following, answer.end) if following else -1
        limit = found if found >= 0 else len(text)
        pieces.append(Piece(text, Answer(answer.content_end, answer.end, limit)))
    return tuple(pieces)


def _own_sequence(
    span: _Span, renderer: Renderer, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None
) -> tuple[Piece, ...]:
    if span.upto.startswith(span.prompt):
        text = span.upto[len(span.prompt) :]
    else:
        text = _without_header(span, renderer.render(messages[: span.index], tools))
    answer = Piece(text, _answer(span.turn, text, len(text)))
    return (Piece(span.prompt), answer) if span.prompt else (answer,)


def _without_header(span: _Span, before: str) -> str:
    """The answer where the generation prompt is not how the template begins it later.

    DeepSeek-R1 prompts with a header and an opened `<think>`, and prints the header alone before a past answer: what
    follows the header that both share is the answer.
    """
    if not (span.upto.startswith(before) and span.prompt.startswith(before)):
        raise RowRefused(
            "The model's chat template changes earlier messages when an answer is added.",
            "Split the row into shorter conversations, or choose another model.",
            Fault.TEMPLATE,
        )
    rest, opening = span.upto[len(before) :], span.prompt[len(before) :]
    _, start = _find_content(span.turn, rest)
    header = rest[:start]
    if opening.startswith(header):
        return rest[start:]
    shared = next(
        (n for n, (a, b) in enumerate(zip(header, opening, strict=False)) if a != b), min(len(header), len(opening))
    )
    return rest[shared:]


def _answer(turn: Turn, text: str, end: int) -> Answer:
    """Where the answer's content ends in `text`; the turn's own rendering ends at `end`."""
    own = text[:end]
    if any(call["function"]["name"] not in own for call in turn.tool_calls or ()):
        reason = "The model's chat template does not print tool calls."
        raise RowRefused(reason, "Choose another model.", Fault.TEMPLATE)
    content, start = _find_content(turn, own)
    content_end = start + len(content)
    return Answer(content_end, end if turn.tool_calls else content_end, len(text))


def _find_content(turn: Turn, text: str) -> tuple[str, int]:
    """The content as the template prints it (trimmed, without a thought that it drops), and where it begins."""
    start = 0
    if turn.reasoning_content and _THOUGHT_END in text:
        start = text.index(_THOUGHT_END) + len(_THOUGHT_END)
    for content in (turn.content, turn.content.strip(), turn.content.split(_THOUGHT_END)[-1].strip()):
        found = text.find(content, start)
        if found >= 0:
            return content, found
    reason = "The model's chat template does not print the answer as it is."
    raise RowRefused(reason, "Change or remove the row.", Fault.TEMPLATE)
