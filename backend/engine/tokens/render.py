"""The one renderer of conversations: the tokenizer's own chat template, in its sandbox, on a frozen date."""

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from transformers import PreTrainedTokenizerBase

from backend.datasets.rows import RowRefused
from backend.domain.conversation import Role, Turn
from backend.domain.dataset import Fault
from backend.errors import UserError

OUTPUT_LIMIT = 64 << 20
"""Characters; a template that prints more is refused."""
_FOREIGN_FAILURES = (
    jinja2.TemplateError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What a template, which is foreign code, raises when a row does not suit it."""
_FORMAT = re.compile(r"""strftime_now\(\s*(?:"([^"]*)"|'([^']*)')""")
_FROZEN_DATE = (
    "{%- macro strftime_now(format) -%}"
    "{{- dates_by_format[format] if format in dates_by_format else raise_exception('date format ' + format) -}}"
    "{%- endmacro -%}{{- '' }}"
)


class Renderer:
    """Renders for one tokenizer and one date; the same input gives the same text on any day."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, template_date: str) -> None:
        """`template_date` is YYYY-MM-DD, or empty for today."""
        self._tokenizer = tokenizer
        self._day = _day(template_date)

    @property
    def day(self) -> datetime.date:
        return self._day

    def template(self, tools: bool = False) -> str | None:
        """Source of the template that renders, None where the model has none."""
        known = self._tokenizer.chat_template
        if isinstance(known, dict):
            chosen = known.get("tool_use") if tools else None
            return chosen or known.get("default")
        return known if isinstance(known, str) else None

    def render(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: list[dict[str, Any]] | None = None,
        add_generation_prompt: bool = False,
    ) -> str:
        """The text that the model sees.

        Raises:
            RowRefused: the template does not accept the messages; the reason says why.
        """
        source = self.template(tools is not None)
        if source is None:
            raise RowRefused(
                "The model has no chat template.",
                "Choose a chat model, or give rows with a single field text.",
                Fault.TEMPLATE,
            )
        try:
            return self._print(source, messages, tools, add_generation_prompt)
        except _FOREIGN_FAILURES as error:
            as_text = _with_text_arguments(messages)
            if as_text != list(messages):
                return self.render(as_text, tools, add_generation_prompt)
            raise self._refused(messages, tools, error) from error

    def _print(
        self,
        source: str,
        messages: Sequence[Mapping[str, Any]],
        tools: list[dict[str, Any]] | None,
        add_generation_prompt: bool,
    ) -> str:
        dates = {found: self._day.strftime(found) for pair in _FORMAT.findall(source) for found in pair if found}
        text = self._tokenizer.apply_chat_template(
            [dict(message) for message in messages],
            tools=[*tools] if tools is not None else None,
            chat_template=(_FROZEN_DATE + source) if "strftime_now" in source else source,
            add_generation_prompt=add_generation_prompt,
            tokenize=False,
            date_string=self._day.strftime("%d %b %Y"),
            dates_by_format=dates,
        )
        if not isinstance(text, str) or len(text) > OUTPUT_LIMIT:
            reason = "The chat template printed far too much."
            raise RowRefused(reason, "Choose another model, or remove the row.", Fault.TEMPLATE)
        return text

    def _refused(
        self, messages: Sequence[Mapping[str, Any]], tools: list[dict[str, Any]] | None, error: Exception
    ) -> RowRefused:
        reason = str(error).strip().rstrip(".") or type(error).__name__
        if messages and messages[0].get("role") == Role.SYSTEM.value and len(messages) > 1:
            try:
                self.render(messages[1:], tools)
            except RowRefused:
                pass
            else:
                return RowRefused(
                    f"The model's chat template does not accept a system message: {reason}.",
                    "Move its text into the first user message, or choose another model.",
                    Fault.TEMPLATE,
                )
        return RowRefused(
            f"The model's chat template does not accept this row: {reason}.",
            "Change the order or the roles of its messages, or choose another model.",
            Fault.TEMPLATE,
        )


def message(turn: Turn) -> dict[str, Any]:
    """A turn as templates expect it: plain built-in types, absent fields absent."""
    fields: dict[str, Any] = {"role": turn.role.value, "content": turn.content}
    optional = {
        "tool_calls": turn.tool_calls,
        "name": turn.name,
        "tool_call_id": turn.tool_call_id,
        "reasoning_content": turn.reasoning_content,
    }
    return fields | {name: value for name, value in optional.items() if value is not None}


def _with_text_arguments(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Tool calls with their arguments as JSON text, which some templates (DeepSeek's) expect."""
    return [
        {**message, "tool_calls": [_with_text_argument(call) for call in message["tool_calls"]]}
        if message.get("tool_calls")
        else message
        for message in messages
    ]


def _with_text_argument(call: dict[str, Any]) -> dict[str, Any]:
    arguments = call["function"]["arguments"]
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return {**call, "function": {**call["function"], "arguments": text}}


def _day(text: str) -> datetime.date:
    if not text:
        return datetime.datetime.now().astimezone().date()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"The template date {text!r} is not a day.", "Write it as YYYY-MM-DD.") from error
