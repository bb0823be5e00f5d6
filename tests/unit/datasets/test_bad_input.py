"""Every kind of bad input gives rows or refusals with line, reason and remedy; none raises, none takes long or much."""

import gzip
import json
import time
import tracemalloc
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from backend.datasets.lines import LINE_LIMIT
from backend.datasets.reader import rows
from backend.domain.conversation import Conversation, content_hash
from backend.domain.dataset import BadLine

GOOD = '{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}'
MEGABYTE = 1 << 20


def chat(*turns: object) -> bytes:
    return json.dumps({"messages": turns}).encode()


def outcome(content: bytes) -> list[str]:
    """`ok LINE` or `LINE reason` for each row."""
    return [shown(row) for row in rows([content])]


def shown(row: Conversation | BadLine) -> str:
    if isinstance(row, BadLine):
        assert row.remedy.endswith(".")
        assert row.reason.endswith(".")
        return f"{row.line} {row.reason}"
    content_hash(row)  # what is accepted can be written out again
    return f"ok {row.line}"


ACCEPTED = {
    "no final newline": (GOOD.encode(), 1),
    "CRLF": (f"{GOOD}\r\n{GOOD}\r\n".encode(), 2),
    "lone CR": (f"{GOOD}\r{GOOD}\r".encode(), 2),
    "blank lines between": (f"\n\n{GOOD}\n \n{GOOD}\n\n".encode(), 2),
    "BOM": (b"\xef\xbb\xbf" + f"{GOOD}\n".encode(), 1),
    "U+2028 inside": ('{"text": "a\u2028b\u0085c"}'.encode(), 1),
    "bidi and zero-width": ('{"text": "a\u202eb\u200bc\u2066"}'.encode(), 1),
    "escaped NUL": (b'{"text": "a\\u0000b"}', 1),
    "duplicate keys, the last counts": (b'{"text": 1, "text": "a"}', 1),
    "5,000-digit number beside": (b'{"text": "a", "x": ' + b"9" * 5000 + b"}", 1),
    "1e999 beside": (b'{"text": "a", "x": 1e999}', 1),
    "JSON array on one line": (f"[{GOOD},{GOOD}]".encode(), 2),
    "JSON array over lines": (f"[\n{GOOD}\n,\n{GOOD}\n]\n".encode(), 2),
    "JSON array, pretty-printed": (json.dumps([json.loads(GOOD)] * 3, indent=2).encode(), 3),
    "pretty-printed objects": ((json.dumps(json.loads(GOOD), indent=2) + "\n").encode() * 3, 3),
    "trailing comma in the array": (f"[{GOOD},]".encode(), 1),
    "template text": (b'{"text": "{{ 7 * 7 }} {% for x in y %}"}', 1),
    "1M-key object": (("{" + ",".join(f'"k{i}":1' for i in range(1_000_000)) + ',"text":"a"}').encode(), 1),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_odd_files_are_read(case: str) -> None:
    content, expected = ACCEPTED[case]
    found = list(rows([content]))
    assert [row for row in found if isinstance(row, BadLine)] == []
    assert len(found) == expected


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


REFUSED = {
    "UTF-16": ((GOOD + "\n").encode("utf-16"), "0 The file is UTF-16 text, not JSON lines."),
    "UTF-16 without mark": ((GOOD + "\n").encode("utf-16-le"), "0 The file is UTF-16 text or binary, not JSON lines."),
    "gzip named .jsonl": (gzip.compress(GOOD.encode()), "0 The file is compressed with gzip, not JSON lines."),
    "zip": (b"PK\x03\x04....", "0 The file is a zip archive, not JSON lines."),
    "parquet": (b"PAR1....", "0 The file is a parquet file, not JSON lines."),
    "invalid UTF-8": (b'{"text": "\xff\xfe"}', "1 It is not UTF-8"),
    "NUL bytes": (b'{"text": "a\x00b"}', "1 It is not one whole JSON object: invalid character"),
    "only NUL bytes": (b"\x00" * 100, "0 The file is UTF-16 text or binary"),
    "lone surrogate": (b'{"text": "\\ud800"}', "1 It is not one whole JSON object"),
    "lone surrogate and more": (b'{"text": "\\ud800 and more text"}', "1 It is not one whole JSON object"),
    "lone low surrogate": (b'{"text": "\\udc00 x"}', "1 It is not one whole JSON object"),
    "surrogate and a letter": (b'{"text": "\\ud800\\u0041"}', "1 It is not one whole JSON object"),
    "depth 100k": (b'{"text": "a", "x": ' + nested(100_000) + b"}", "1 It is nested too deeply."),
    "depth 100k, objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "1 It is nested too deeply."),
    "depth 100k never closed": (b'{"a":' * 100_000, "1 It is nested too deeply."),
    "5,000-digit number as text": (b'{"text": ' + b"9" * 5000 + b"}", "1 "),
    "NaN": (b'{"text": "a", "x": NaN}', "1 It is not one whole JSON object"),
    "Infinity": (b'{"text": "a", "x": -Infinity}', "1 It is not one whole JSON object"),
    "1e999 as text": (b'{"text": 1e999}', "1 "),
    "trailing comma": (b'{"text": "a",}', "1 It is not one whole JSON object: trailing comma in object"),
    "truncated last line": (b'{"text": "a"', "1 It is not one whole JSON object: Input data was truncated."),
    "two objects a line": (f"{GOOD}{GOOD}".encode(), "1 It is not one whole JSON object: trailing characters"),
    "scalar line": (b"5", "1 Expected object, got int."),
    "string line": (b'"text"', "1 Expected object, got str."),
    "null line": (b"null", "1 Expected object, got null."),
    "not JSON": (b"hello", "1 It is not one whole JSON object"),
    "no known field": (b'{"a": 1}', "1 The row has none of the known fields."),
    "missing output": (b'{"instruction": "a"}', '1 The row has no "output".'),
    "missing instruction": (b'{"output": "a"}', '1 The row has no "instruction".'),
    "missing completion": (b'{"prompt": "a"}', '1 The row has no "completion".'),
    "null as text": (b'{"text": null}', "1 Expected str, got null - at $.text."),
    "number as text": (b'{"text": 5}', "1 Expected str, got int - at $.text."),
    "number as content": (chat({"role": "user", "content": 5}), "1 Expected str | array | null, got int - at"),
    "null as content": (chat({"role": "user", "content": None}), "1 A message has no content."),
    "empty text": (b'{"text": " "}', "1 The text is empty."),
    "empty messages": (b'{"messages": []}', "1 The list of messages is empty."),
    "unknown role": (chat({"role": "wizard", "content": "x"}), "1 The role 'wizard' is not known."),
    "a role of our own": (chat({"role": "text", "content": "x"}), "1 The role 'text' is not known."),
    "no role": (chat({"content": "x"}), "1 A message has no role."),
    "no assistant turn": (chat({"role": "user", "content": "x"}), "1 There is no assistant message"),
    "empty answers": (chat({"role": "assistant", "content": " "}), "1 Every answer is empty"),
    "image part": (chat({"role": "user", "content": [{"type": "image"}]}), "1 A message has a part of type 'image'."),
    "tools that are not JSON": (
        b'{"conversations": [{"from": "gpt", "value": "a"}], "tools": "x"}',
        '1 "tools" is not',
    ),
    "array with text after it": (b"[5] x", "1 Expected object, got int."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_rows_are_refused_with_a_reason_and_the_next_is_read(case: str) -> None:
    content, expected = REFUSED[case]
    first, *others = outcome(content + b"\n" + GOOD.encode() + b"\n")
    assert first.startswith(expected)
    whole_file = first.startswith("0 ") or case == "array with text after it"
    assert whole_file or others == ["ok 2"]


def test_what_follows_an_array_is_refused_and_its_rows_are_kept() -> None:
    assert outcome(f"[{GOOD}]\n{GOOD}".encode()) == [
        "ok 1",
        "2 It is not one whole JSON object: invalid character (byte 0).",
    ]


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n\r\n", b" \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_rows(content: bytes) -> None:
    assert outcome(content) == []


@pytest.mark.parametrize("depth", [10, 300, 500, 900, 1100, 3000])
@pytest.mark.parametrize("field", ["tools", "tool_calls"])
def test_nested_tools_are_read_or_refused(depth: int, field: str) -> None:
    deep = '[{"name": "f", "function": {"name": "f", "arguments": ' + "[" * depth + "]" * depth + "}}]"
    turn = '{"role": "assistant", "content": "a"' + (f', "tool_calls": {deep}' if field == "tool_calls" else "") + "}"
    row = f'{{"messages": [{turn}]' + (f', "tools": {deep}' if field == "tools" else "") + "}"
    [found] = outcome(row.encode())
    assert found in ("ok 1", "1 It is nested too deeply.")


def long_line(megabytes: int) -> Iterator[bytes]:
    yield b'{"text": "'
    yield from repeat(b"a" * MEGABYTE, megabytes)
    yield b'"}\n'


def test_a_line_of_a_gigabyte_is_streamed_past_and_the_next_is_read() -> None:
    begun = time.monotonic()
    tracemalloc.start()
    try:
        found = [shown(row) for row in rows(chain(long_line(1024), [GOOD.encode()]))]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == ["1 It is longer than 32 MB.", "ok 2"]
    assert peak < 100 * MEGABYTE
    assert time.monotonic() - begun < 10


def test_an_entry_of_a_gigabyte_in_an_array_ends_the_reading() -> None:
    begun = time.monotonic()
    tracemalloc.start()
    try:
        found = [shown(row) for row in rows(chain([f"[{GOOD},".encode()], long_line(1024), [GOOD.encode()]))]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == ["ok 1", "2 It is longer than 32 MB."]
    assert peak < 200 * MEGABYTE
    assert time.monotonic() - begun < 10


def test_a_line_just_under_the_limit_is_accepted_and_just_over_is_refused() -> None:
    frame = len(b'{"text": ""}')
    fits = b'{"text": "' + b"a" * (LINE_LIMIT - frame) + b'"}\n'
    over = b'{"text": "' + b"a" * (LINE_LIMIT - frame + 1) + b'"}\n'
    assert outcome(fits + over + GOOD.encode()) == ["ok 1", "2 It is longer than 32 MB.", "ok 3"]


def test_many_rows_are_read_in_little_memory() -> None:
    line = ('{"text": "' + "a" * 1000 + '"}\n').encode()
    tracemalloc.start()
    try:
        count = sum(1 for _ in rows(repeat(line * 1000, 100)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_000
    assert peak < 20 * MEGABYTE
