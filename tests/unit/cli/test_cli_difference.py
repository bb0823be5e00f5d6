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
    assert marked("我是模", "我是树").plain in ("我是[-树-][+模+]", "我是[+模+][-树-]")


def test_very_long_texts_are_shown_as_they_are() -> None:
    answer = "word " * 6000
    assert list(parts(answer, "other")) == [("", answer)]


def test_an_answer_cannot_steer_the_terminal() -> None:
    shown = marked("\x1b[2Jgone", "kept").plain
    assert "\x1b" not in shown
    assert "⟨ESC⟩[2Jgone" in shown
