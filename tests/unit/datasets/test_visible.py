"""Text from files as it is shown: nothing hides, nothing reorders, nothing commands a terminal."""

import pytest

from backend.datasets.visible import parts, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, Ünïcödé, שלום, 漢字", "plain, Ünïcödé, שלום, 漢字"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("evil\u202egnp.exe", "evil⟨U+202E⟩gnp.exe"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ("\x00\x1b[31m\r\x7f", "⟨NUL⟩⟨ESC⟩[31m⟨CR⟩⟨DEL⟩"),
        ("a\u2028b\u2066c", "a⟨U+2028⟩b⟨U+2066⟩c"),
        ("\ud800", "⟨U+D800⟩"),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_signs_that_cannot_be_seen_are_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_what_stands_for_a_sign_is_told_apart_from_text() -> None:
    assert list(parts("a\u200b⟨")) == [("a", False), ("⟨U+200B⟩", True), ("⟨", False)]
    assert list(parts("")) == []
