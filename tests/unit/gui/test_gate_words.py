"""The merge gate in plain words, and two versions compared by the answers that both gave."""

import pytest
from PySide6.QtWidgets import QWidget

from backend.domain.version import Gate, GateTry
from backend.protocol import keeping as k
from gui.history import gate_words
from gui.history.compared import VersionsCompared
from gui.theme import ThemeKeeper
from tests.unit.gui.test_history_timeline import version


def attempt(precision: str, kept: float | None, *, passed: bool, difference: float = 0.2) -> GateTry:
    return GateTry(precision=precision, passed=passed, loss=1.0, kept=kept, difference=difference)


def gate(*tries: GateTry) -> Gate:
    return Gate(base_loss=2.0, adapter_loss=1.0, tokens=1200, examples=64, tries=tries)


@pytest.mark.parametrize(
    ("tries", "words"),
    [
        ((attempt("bfloat16", 0.992, passed=True),), "Keeps 99.2 % of what was learned."),
        (
            (attempt("bfloat16", 0.26, passed=False), attempt("float32", 1.0, passed=True)),
            "Keeps 100.0 % of what was learned; bfloat16 kept only 26.0 %, so float32 was taken.",
        ),
        (
            (attempt("bfloat16", 0.8, passed=True, difference=0.003),),
            "As good as the adapter: the loss differs by only 0.0030.",
        ),
        (
            (attempt("bfloat16", None, passed=True, difference=-0.001),),
            "Nothing had been learned; the loss differs by 0.0010.",
        ),
        ((attempt("float32", -0.4, passed=False),), "Not accepted: keeps nothing of what was learned."),
        ((), "Not measured."),
    ],
)
def test_what_a_merge_keeps_is_said_in_words(tries: tuple[GateTry, ...], words: str) -> None:
    assert gate_words.verdict(gate(*tries)) == words


def test_the_figures_name_what_they_were_measured_on() -> None:
    said = gate_words.figures(gate(attempt("float32", 1.0, passed=True)))
    assert "Loss 2.0000 without the training, 1.0000 with the adapter" in said
    assert "1,200 tokens of 64 examples" in said


def example(number: int, one: bool | None, other: bool | None) -> k.ExampleDifference:
    return k.ExampleDifference(
        example_id=str(number),
        input=f"question {number}",
        expected_output="yes",
        one_answer=None if one is None else "yes" if one else "no",
        other_answer=None if other is None else "yes" if other else "no",
        one_loss=None,
        other_loss=0.5,
        one_right=one,
        other_right=other,
    )


def test_two_versions_are_told_apart_by_each_answer(window: QWidget, theme: ThemeKeeper) -> None:
    dialog = VersionsCompared("v001", "v002", theme, window)
    requests: list[object] = []
    dialog.wanted.connect(requests.append)
    dialog.ask()
    assert requests == [k.CompareVersions(one="v001", other="v002")]
    kinds = ((False, True), (True, False), (True, True), (False, False), (None, True))
    dialog.answer(
        k.CompareVersions(one="v001", other="v002"),
        k.VersionComparison(
            one=version(1).card,
            other=version(2, "v001").card,
            settings=(k.SettingDifference(key="epochs", one="1", other="3"),),
            common="v001",
            only_one=(),
            only_other=("b.jsonl",),
            examples=tuple(example(number, one, other) for number, (one, other) in enumerate(kinds)),
        ),
    )
    assert [dialog.examples.cells(row)[1] for row in dialog.examples.passing()] == [
        "learned",
        "forgotten",
        "right in both",
        "wrong in both",
        "not asked in both",
    ]
    assert dialog.about.text() == "From v001 to v002: 1 learned, 1 forgotten, 1 right in both."
    assert [box.toPlainText() for box in dialog.answers.boxes] == ["question 0", "yes", "yesno", "yes"]
    dialog.examples.select(lambda row: row.one_answer is None)
    assert dialog.answers.boxes[2].toPlainText() == "Not asked."
    assert dialog.settings.cells(dialog.settings.passing()[0]) == ["epochs", "1", "3"]
