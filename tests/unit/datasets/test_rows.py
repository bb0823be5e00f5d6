"""The accepted shapes of a row and what each becomes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.datasets.decode import decode
from backend.datasets.reader import rows
from backend.domain.conversation import Conversation, Kind, Turn, content_hash
from backend.domain.dataset import BadLine


def accepted(row: dict[str, Any]) -> Conversation:
    result = decode(7, json.dumps(row).encode())
    assert isinstance(result, Conversation), result
    return result


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(turn.role.value, turn.content) for turn in conversation.turns]


Q, A = {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}
QA = [("user", "q"), ("assistant", "a")]


@pytest.mark.parametrize(
    ("shape", "row", "expected"),
    [
        ("messages", {"messages": [Q, A]}, QA),
        ("messages", {"messages": [{"role": "system", "content": "s"}, Q, A]}, [("system", "s"), *QA]),
        ("messages", {"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}, A]}, QA),
        (
            "messages",
            {"messages": [{"role": "user", "content": [{"text": "a"}, {"text": "b"}]}, A]},
            [("user", "ab"), QA[1]],
        ),
        ("messages", {"messages": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}, QA),
        ("messages", {"messages": [Q, A], "text": 5, "prompt": None, "input": 3}, QA),
        ("sharegpt", {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}, QA),
        ("sharegpt", {"conversations": [Q, A]}, QA),
        ("sharegpt", {"conversations": [{"from": "gpt", "value": "a"}], "system": "s"}, [("system", "s"), QA[1]]),
        (
            "sharegpt",
            {"conversations": [{"from": "function_call", "value": "f()"}, {"from": "observation", "value": "1"}]},
            [("assistant", "f()"), ("tool", "1")],
        ),
        ("alpaca", {"instruction": "q", "output": "a"}, QA),
        ("alpaca", {"instruction": "q", "input": "", "output": "a"}, QA),
        ("alpaca", {"instruction": "q", "input": None, "output": "a", "system": None}, QA),
        ("alpaca", {"instruction": "q", "input": "i", "output": "a"}, [("user", "q\ni"), ("assistant", "a")]),
        ("alpaca", {"instruction": "q", "output": "a", "system": "s", "text": "q a"}, [("system", "s"), *QA]),
        ("alpaca", {"instruction": "q", "output": "a", "history": [["q", "a"]]}, [*QA, *QA]),
        ("prompt", {"prompt": "q", "completion": "a"}, QA),
        ("prompt", {"prompt": [Q], "completion": [A]}, QA),
        ("prompt", {"prompt": [Q], "completion": "a"}, QA),
        ("text", {"text": "q"}, [("text", "q")]),
    ],
)
def test_each_shape_becomes_a_conversation(shape: str, row: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    conversation = accepted(row)
    assert (conversation.shape, said(conversation)) == (shape, expected)
    assert conversation.line == 7
    assert conversation.kind is (Kind.TEXT if shape == "text" else Kind.CHAT)


def test_an_answer_within_the_prompt_is_context_and_not_learned() -> None:
    conversation = accepted({"prompt": [Q, A, Q], "completion": [A]})
    assert [turn.learned for turn in conversation.turns] == [False, False, False, True]


def test_tools_as_json_text_or_as_a_list_are_the_same() -> None:
    tool = {"name": "look", "parameters": {}}
    as_text = accepted({"conversations": [Q, A], "tools": json.dumps([tool])})
    as_list = accepted({"messages": [Q, A], "tools": [{"type": "function", "function": tool}]})
    assert as_text.tools == as_list.tools == [{"type": "function", "function": tool}]
    assert accepted({"conversations": [Q, A], "tools": ""}).tools is None
    assert accepted({"conversations": [Q, A], "tools": "[]"}).tools is None


def test_arguments_of_a_tool_call_become_an_object() -> None:
    call = {"id": "1", "function": {"name": "look", "arguments": '{"x": 1}'}}
    conversation = accepted({"messages": [Q, {"role": "assistant", "content": None, "tool_calls": [call]}]})
    assert conversation.turns[1] == Turn(
        role=conversation.turns[1].role,
        content="",
        tool_calls=[{"type": "function", "id": "1", "function": {"name": "look", "arguments": {"x": 1}}}],
    )


def test_equal_content_has_an_equal_hash_whatever_its_shape_and_line() -> None:
    one = accepted({"messages": [Q, A]})
    other = decode(8, b'{"completion": "a", "prompt": "q"}')
    assert isinstance(other, Conversation)
    assert content_hash(one) == content_hash(other)
    assert content_hash(one) != content_hash(accepted({"messages": [Q, {"role": "assistant", "content": "b"}]}))
    assert content_hash(one) != content_hash(accepted({"messages": [Q, A], "tools": [{"name": "t"}]}))


PIECES = st.sampled_from(
    [
        b'{"text": "a"}',
        b"\n",
        b"\r",
        b"\r\n",
        b"[",
        b"]",
        b",",
        b"{",
        b"}",
        b'"',
        b"\\",
        b" ",
        b"\xff",
        b'{"text": "\\"}"}',
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map(b"".join), st.integers(1, 7))
def test_how_the_bytes_arrive_makes_no_difference(content: bytes, size: int) -> None:
    whole = list(rows([content] if content else []))
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    assert list(rows(pieces)) == whole


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map(b"".join))
def test_after_a_long_beginning_the_pieces_make_no_difference(content: bytes) -> None:
    """The reader looks at the first 4096 bytes at once; behind them the pieces are really cut."""
    row = b'{"text": "' + b"a" * 4096 + b'"}'
    for beginning in (row + b"\n", b"[" + row + b",", b"{\n" + row[1:]):
        whole = list(rows([beginning + content]))
        assert list(rows([beginning, *(content[at : at + 1] for at in range(len(content)))])) == whole


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise(content: bytes) -> None:
    assert all(isinstance(row, Conversation | BadLine) for row in rows([content]))
