"""Only wanted rows are decoded, whatever form the file has; their numbers are those of the whole reading."""

import json
from pathlib import Path

import pytest

from backend.datasets import reader
from backend.domain.conversation import Conversation

ROWS = [{"text": f"row {i} " + "x" * (i * 37 % 400)} for i in range(60)]
FORMS = {
    "lines": "".join(json.dumps(row) + "\n\n" for row in ROWS),
    "crlf": "\r\n".join(json.dumps(row) for row in ROWS),
    "marked": "\ufeff" + "\n".join(json.dumps(row) for row in ROWS),
    "array": json.dumps(ROWS, indent=1),
    "objects": "\n".join(json.dumps(row, indent=1) for row in ROWS),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_rows_are_those_of_the_whole_reading(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows"
    path.write_bytes(FORMS[form].encode())
    monkeypatch.setattr(reader, "CHUNK", 100)
    whole = {row.line: row for row in reader.read(path)}
    wanted = sorted(whole)[5::7]
    found = list(reader.read_lines(path, wanted))
    assert [row.line for row in found] == wanted
    assert found == [whole[line] for line in wanted]
    assert all(isinstance(row, Conversation) for row in found)


def test_nothing_behind_the_last_wanted_row_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_bytes(b'{"text": "a"}\n{"text": "b"}\n' + b"\xff" * 100 + b"\n")
    rows = reader.read_lines(path, {1, 99})
    assert next(rows).line == 1
    assert [row.line for row in reader.read_lines(path, {2})] == [2]
    assert list(reader.read_lines(path, ())) == []
    assert list(rows) == []
