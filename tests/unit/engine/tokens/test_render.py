"""The renderer: the model's own template, in its sandbox, on a frozen date, with errors that users understand."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from transformers import PreTrainedTokenizerBase

from backend.datasets.rows import RowRefused
from backend.engine.tokens.render import Renderer
from backend.errors import UserError

Make = Callable[[str, Sequence[str], str, str], PreTrainedTokenizerBase]
CHAT = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]


@pytest.fixture
def rendered(make_tokenizer: Make) -> Callable[..., str]:
    def run(template: str | dict[str, str] | None, messages: Any = CHAT, **given: Any) -> str:
        tokenizer = make_tokenizer("smollm2", ["<s>", "</s>"], "<s>", "</s>")
        tokenizer.chat_template = template
        return Renderer(tokenizer, given.pop("day", "2001-02-03")).render(messages, **given)

    return run


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ strftime_now('%Y-%m-%d') }}", "2001-02-03"),
        ('{{- strftime_now( "%d %b %Y" ) }}', "03 Feb 2001"),
        ("{{ date_string }}", "03 Feb 2001"),
        ("{% if strftime_now is defined %}{{ strftime_now('%H:%M') }}{% endif %}", "00:00"),
        ("{% macro m() %}{{ strftime_now('%Y') }}{% endmacro %}{{ m() }}{{ m() }}", "20012001"),
        ("{% set d = strftime_now('%Y') %}{{ 'in ' + d }}", "in 2001"),
    ],
)
def test_dates_are_the_frozen_one(rendered: Callable[..., str], template: str, expected: str) -> None:
    assert rendered(template) == expected


@pytest.mark.parametrize("start", ["", "\n", "  \n x", "{# c #}\n", "{%- set x = 1 %}\n ", "{{- 'x' }}\n"])
def test_freezing_the_date_changes_nothing_else(rendered: Callable[..., str], make_tokenizer: Make, start: str) -> None:
    template = start + "{{ strftime_now('%Y') }}{% for m in messages %}\n{{ m.content }}\n{% endfor %} end\n"
    plain = make_tokenizer("smollm2", ["<s>", "</s>"], "<s>", "</s>")
    plain.chat_template = template
    year = str(datetime.datetime.now().astimezone().year)
    expected = str(plain.apply_chat_template(CHAT, tokenize=False)).replace(year, "2001")
    assert rendered(template) == expected


def test_a_date_that_is_none_is_refused(rendered: Callable[..., str]) -> None:
    with pytest.raises(UserError, match="is not a day"):
        rendered("x", day="yesterday")


def test_special_tokens_of_the_tokenizer_are_at_hand(rendered: Callable[..., str]) -> None:
    assert rendered("{{ bos_token }}x{{ eos_token }}") == "<s>x</s>"


def test_of_several_templates_the_one_for_tools_is_taken_for_tools(rendered: Callable[..., str]) -> None:
    both = {"default": "plain", "tool_use": "{{ tools[0].name }}"}
    assert rendered(both) == "plain"
    assert rendered(both, tools=[{"name": "look"}]) == "look"


def test_a_model_without_a_template_refuses_chat_rows(rendered: Callable[..., str]) -> None:
    with pytest.raises(RowRefused, match="has no chat template") as raised:
        rendered(None)
    assert raised.value.remedy


@pytest.mark.parametrize(
    "template",
    [
        "{{ raise_exception('no') }}",
        "{{ messages[9].content }}{{ messages[9].content.x }}",
        "{{ 1 + messages[0].content }}",
        "{{ 1 / 0 }}",
        "{% if %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ messages.append(1) }}",
        "{% for a in range(10 ** 9) %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in range(70000) %}{{ 'x' * 1000 }}{% endfor %}",
    ],
)
def test_a_template_that_fails_or_reaches_out_refuses_the_row(rendered: Callable[..., str], template: str) -> None:
    with pytest.raises(RowRefused) as raised:
        rendered(template)
    assert raised.value.reason.startswith(("The model's chat template does not", "The chat template printed far"))
    assert raised.value.remedy


def test_only_a_template_that_accepts_the_rest_blames_the_system_message(rendered: Callable[..., str]) -> None:
    messages = [{"role": "system", "content": "s"}, *CHAT]
    with pytest.raises(RowRefused, match="does not accept a system message: no"):
        rendered("{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}", messages)
    with pytest.raises(RowRefused, match="does not accept this row: no"):
        rendered("{{ raise_exception('no') }}", messages)


def test_arguments_of_tool_calls_are_given_as_text_where_the_template_wants_text(rendered: Callable[..., str]) -> None:
    call = {"type": "function", "function": {"name": "look", "arguments": {"where": "Ålesund"}}}
    messages = [CHAT[0], {"role": "assistant", "content": "", "tool_calls": [call]}]
    assert rendered("{{ messages[1].tool_calls[0].function.arguments | tojson }}", messages) == '{"where": "Ålesund"}'
    assert rendered("{{ '' + messages[1].tool_calls[0].function.arguments }}", messages) == '{"where": "Ålesund"}'
