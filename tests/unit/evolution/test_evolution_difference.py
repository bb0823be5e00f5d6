"""Where two texts differ: whole words, letters within words that are alike, signs that are one, and long texts."""

import time

import pytest

from backend.evolution.clusters import clusters
from backend.evolution.difference import MOST_WORDS, Change, Difference, Part, difference
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


def test_long_texts_with_little_in_common_are_compared_as_far_as_any() -> None:
    expected = "I am Espalier, trained here. " + " ".join(f"tree{i}" for i in range(3500))
    answer = "I am Espalier, trained here. " + " ".join(f"{i} stones" for i in range(1750))
    found = difference(expected, answer)
    kinds = [part.change for part in found.parts]
    assert kinds[0] is SAME
    assert {MISSING, ADDED} <= set(kinds)
    assert kinds[-1] is Change.NOT_COMPARED or found.whole
    assert len(found.parts[-1].text) < len(answer) / 2
    assert without(found, MISSING) == answer


def test_a_long_text_without_spaces_differs_by_its_signs() -> None:
    expected = "我是一棵树站在果园里每天学习一点新的东西" * 20
    answer = expected[:200] + "石" + expected[201:]
    assert difference(expected, answer).parts == (
        Part(SAME, expected[:200]),
        Part(MISSING, expected[200]),
        Part(ADDED, "石"),
        Part(SAME, expected[201:]),
    )


@pytest.mark.parametrize(
    "piece",
    ["word{} ", "{}", "{} ", "我是一棵树{0}站在果园里每天学习一点新的东西" * 8 + " "],
    ids=["words", "one word", "short words", "no spaces"],
)
def test_twenty_kilobytes_do_not_stall_the_window(piece: str) -> None:
    expected = "".join(piece.format(i) for i in range(5000))[:20_000]
    answer = "".join(piece.format(i * 7 % 5000) for i in range(5000))[:20_000]
    began = time.perf_counter()
    difference(expected, answer)
    assert time.perf_counter() - began < 0.25  # 10 ms; room for a machine under load
