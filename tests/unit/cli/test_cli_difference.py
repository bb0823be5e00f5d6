"""The difference of two texts by words: put together again, each side is whole."""

import pytest

from backend.cli.difference import marked, parts


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("I am a model.", "I am Espalier."),
        ("", "something"),
        ("something", ""),
        ("same", "same"),
        ("我是模型", "我是树"),
        ("two  spaces\n\tand lines", "two spaces\nand lines"),
        ("[bold]markup[/bold]", "[red]"),
    ],
)
def test_the_pieces_make_both_texts(answer: str, expected: str) -> None:
    found = list(parts(answer, expected))
    assert "".join(piece for mark, piece in found if mark in ("", "+")) == answer
    assert "".join(piece for mark, piece in found if mark in ("", "-")) == expected


def test_what_differs_is_marked_without_colours_too() -> None:
    assert marked("I am a model.", "I am Espalier.").plain == "I am [-Espalier.-][+a model.+]"
    assert marked("我是模", "我是树").plain == "我是[-树-][+模+]"


def test_of_very_long_texts_the_beginning_is_compared_and_the_answer_stays_whole() -> None:
    answer = "word " * 6000
    found = list(parts(answer, "other"))
    assert "".join(piece for mark, piece in found if mark in ("", "+")) == answer
    assert found[-1][0] == ""
    assert marked(answer, "other").plain.endswith("Only the first 2,000 words are compared.")


def test_an_answer_cannot_steer_the_terminal() -> None:
    shown = marked("\x1b[2Jgone", "kept").plain
    assert "\x1b" not in shown
    assert "⟨ESC⟩[2Jgone" in shown
