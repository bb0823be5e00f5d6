"""Pins: stored whole, made of a row of the stored file, and of nothing else."""

from pathlib import Path

import msgspec
import pytest

from backend import files
from backend.datasets import reader
from backend.datasets.decode import decode
from backend.datasets.reader import read
from backend.domain.conversation import Conversation
from backend.domain.dataset import BadLine
from backend.domain.evolution import PanelExample
from backend.domain.snapshot import Source
from backend.errors import Damaged, WrongUse
from backend.evolution import pins
from backend.evolution.pinning import pin_of
from backend.paths import Home

ROWS = (
    b'{"messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Espalier."}]}\n'
    b'{"text": "plain"}\n'
)
SHA256 = "a" * 64


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create()
    files.write(home.dataset(SHA256), ROWS)
    return home


def example(home: Home, line: int, example_id: str = "") -> PanelExample:
    row = list(read(home.dataset(SHA256)))[line - 1]
    assert isinstance(row, Conversation)
    return PanelExample(
        example_id=example_id or pins.id_of(row),
        input="",
        expected_output="",
        source=Source.DATASET,
        pinned=False,
        heldout=False,
        dataset=SHA256,
        line=line,
        length=1,
        expected_length=1,
    )


def test_a_pin_holds_the_row_it_was_taken_from(home: Home) -> None:
    one = example(home, 1)
    pin = pin_of(home, one, "rows.jsonl", "now")
    assert [turn.content for turn in pin.turns] == ["Who?", "Espalier."]
    assert (pin.example_id, pin.dataset, pin.dataset_name, pin.line) == (one.example_id, SHA256, "rows.jsonl", 1)
    assert pins.id_of(pin.conversation) == one.example_id


def test_plain_text_is_not_pinned(home: Home) -> None:
    with pytest.raises(WrongUse, match="Plain text"):
        pin_of(home, example(home, 2), "", "")


def test_a_row_that_is_not_the_example_any_more_is_not_pinned(home: Home) -> None:
    with pytest.raises(Damaged, match="Line 1"):
        pin_of(home, example(home, 1, "0" * 32), "", "")
    one = example(home, 1)
    home.dataset(SHA256).unlink()
    with pytest.raises(Damaged, match="cannot be read"):
        pin_of(home, one, "", "")


def test_only_the_line_that_is_pinned_is_decoded(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    one, seen = example(home, 1), list[int]()
    far = msgspec.structs.replace(one, line=1001)
    files.write(home.dataset(SHA256), ROWS.splitlines(keepends=True)[1] * 1000 + ROWS)

    def noted(line: int, content: bytes | None) -> Conversation | BadLine:
        seen.append(line)
        return decode(line, content)

    monkeypatch.setattr(reader, "decode", noted)
    assert pin_of(home, far, "", "").example_id == one.example_id
    assert seen == [1001]


def test_pins_that_cannot_be_read_are_named(home: Home) -> None:
    home.pins.mkdir(parents=True)
    with pytest.raises(Damaged, match="cannot be read"):
        pins.load(home.pins)


def test_pins_come_back_in_their_order(home: Home) -> None:
    every = tuple(pins.typed(f"Question {number}", "Answer", "", "now") for number in range(5))
    pins.store(home.pins, every)
    assert pins.load(home.pins) == every


def test_a_typed_pin_needs_both_and_its_system_prompt_belongs_to_it() -> None:
    for question, answer in (("", "a"), ("q", " ")):
        with pytest.raises(WrongUse):
            pins.typed(question, answer, "", "")
    assert pins.typed("q", "a", "s", "").example_id != pins.typed("q", "a", "", "").example_id
