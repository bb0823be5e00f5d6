"""Where two texts differ: whole words, letters within words that are alike, signs that are one, and long texts."""

import time

import pytest

from gui.evolution.clusters import clusters
from gui.evolution.difference import MOST_WORDS, Change, Difference, Part, difference
from tests.makers.evolution_files import ODD_TEXTS

SAME, MISSING, ADDED = Change.SAME, Change.MISSING, Change.ADDED
TEXTS = (
    *(text[:8000] for text in ODD_TEXTS),
    "<b>bold</b>",
    "a\x00b\x1b[1m",
    "e\u0301te\u0301",
    "I am Espalier.",
    "I  am\n Espalier",
    " ",
    "\r\n",
)


def without(found: Difference, change: Change) -> str:
    return "".join(part.text for part in found.parts if part.change is not change)


@pytest.mark.parametrize("before", TEXTS)
@pytest.mark.parametrize("after", TEXTS)
def test_the_parts_make_up_both_texts(before: str, after: str) -> None:
    found = difference(before, after)
    assert without(found, ADDED) == before
    assert without(found, MISSING) == after
    assert found.equal is (before == after)
    assert all(part.text for part in found.parts)
    assert all(one.change is not two.change for one, two in zip(found.parts, found.parts[1:], strict=False))


def test_words_are_replaced_as_words_and_a_space_between_two_changes_belongs_to_them() -> None:
    assert difference("I am Espalier today", "I was somebody today").parts == (
        Part(SAME, "I "),
        Part(MISSING, "am Espalier"),
        Part(ADDED, "was somebody"),
        Part(SAME, " today"),
    )


def test_words_that_are_alike_differ_by_letters() -> None:
    assert difference("I am Espalier.", "I am Espaliers").parts == (
        Part(SAME, "I am Espalier"),
        Part(MISSING, "."),
        Part(ADDED, "s"),
    )


def test_what_is_drawn_as_one_sign_is_never_taken_apart() -> None:
    family, couple = "👩‍👩‍👧‍👦", "👩‍👩‍👧"
    assert clusters(f"{family}e\u0301🇫🇷🇩🇪👍🏽\r\n") == [family, "e\u0301", "🇫🇷", "🇩🇪", "👍🏽", "\r\n"]
    assert difference(f"abcdef{family}", f"abcdef{couple}").parts == (
        Part(SAME, "abcdef"),
        Part(MISSING, family),
        Part(ADDED, couple),
    )


def test_of_long_texts_only_the_beginning_is_compared_and_it_says_so() -> None:
    expected = "one two " * MOST_WORDS
    answer = "three " + expected
    found = difference(expected, answer)
    assert not found.whole
    assert found.parts[0] == Part(ADDED, "three ")
    assert found.parts[-1].change is Change.NOT_COMPARED
    assert without(found, MISSING) == answer
    assert not any(part.change is MISSING for part in found.parts), "the cut alone is no difference"
    assert difference("one", "two").whole


@pytest.mark.parametrize("piece", ["word{} ", "{}", "{} "], ids=["words", "one word", "short words"])
def test_twenty_kilobytes_do_not_stall_the_window(piece: str) -> None:
    expected = "".join(piece.format(i) for i in range(5000))[:20_000]
    answer = "".join(piece.format(i * 7 % 5000) for i in range(5000))[:20_000]
    began = time.perf_counter()
    difference(expected, answer)
    assert time.perf_counter() - began < 0.25  # 10 ms; room for a machine under load
