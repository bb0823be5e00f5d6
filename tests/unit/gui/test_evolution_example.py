"""One example over time: its stages, what differs at each, odd texts, and whether it is pinned."""

import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from backend.domain.conversation import Role, Turn
from backend.domain.evolution import AnswerAt
from backend.domain.pin import Pin
from backend.domain.snapshot import LeftOut
from backend.paths import Home
from backend.protocol import evolution as e
from backend.protocol.host import Done, Failure, Request
from gui.evolution import example_words as words
from gui.evolution.example import ExampleView
from gui.evolution.spelling import readable
from gui.evolution.stages import stages
from gui.evolution.text_box import TextBox
from gui.theme import Theme, ThemeKeeper
from tests.fakes.evolution_runs import told
from tests.makers.answers import answers_of
from tests.makers.evolution_files import ODD_TEXTS, make_run

TINTS = {"#ffdfc4", "#cfe4ff", "#5c3a17", "#1d436e"}


def at(step: int, answer: str | None = "No.", **others: Any) -> AnswerAt:
    made = AnswerAt(step=step, answer=answer, loss=1.0, similarity=0.5, right=False, stopped=True)
    return msgspec.structs.replace(made, **others)


def ask(view: ExampleView, reply: e.AnswersReply) -> None:
    """Choose the example and bring its answer, as the host does."""
    view.choose(reply.run, reply.example.example_id)
    view.answer(e.GetAnswers(run=reply.run, example_id=reply.example.example_id), reply)


def marked(box: TextBox, wanted: Callable[[QTextCharFormat], bool]) -> str:
    """The text whose format is so."""
    cursor = QTextCursor(box.document())
    found = ""
    while not cursor.atEnd():
        cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
        if wanted(cursor.charFormat()):
            found += cursor.selectedText()
        cursor.clearSelection()
    return found


@pytest.fixture
def view(qtbot: QtBot, theme: ThemeKeeper) -> ExampleView:
    made = ExampleView(theme)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


@pytest.fixture
def reply(home: Home) -> e.AnswersReply:
    """An example of another stage at each step: greeting, wrong, wrong as before, right."""
    return answers_of(make_run(home, steps=(0, 10, 20, 33)), 8)


def test_an_answer_that_comes_again_is_as_before_and_one_left_out_is_no_answer() -> None:
    found = stages([at(0, "a"), at(10, None), at(25, "a"), at(33, "b")])
    assert [stage.as_before for stage in found] == [False, False, True, False]
    assert [words.answer_line(stage) for stage in found] == ["a", "not asked", "as before", "b"]


def test_each_stage_says_in_words_what_is_special_about_it() -> None:
    right, cut, left = stages(
        [
            at(1_000, right=True, similarity=0.999),
            at(2_000, "so on and", stopped=False),
            at(3_000, None, left_out=LeftOut.BUDGET, similarity=None, right=None),
        ]
    )
    assert words.headline(right) == "Step 1,000: loss 1.0000, similarity 99 %, ✓ right"
    assert words.headline(cut).endswith("✗ wrong, cut: it did not stop by itself")
    assert words.headline(left) == "Step 3,000: loss 1.0000, not asked: the budget was used up"
    assert {words.missing(at(0, None, left_out=one)) for one in LeftOut} >= {words.missing(left.at)}


def test_the_last_stage_is_shown_and_arrow_keys_go_to_its_neighbours(
    view: ExampleView, reply: e.AnswersReply, qtbot: QtBot
) -> None:
    told: list[tuple[int, int]] = []
    view.step_chosen.connect(lambda run, step: told.append((run, step)))
    ask(view, reply)
    assert view.stages.current is not None
    assert view.stages.current.at.step == 33
    assert view.texts.question.toPlainText() == reply.example.input
    assert view.curve.points() == 4
    QTest.keyClick(view.stages, Qt.Key.Key_Up)
    assert told == [(1, 20)]
    assert view.texts.headline.text().startswith("Step 20:")


def test_what_differs_from_the_expected_answer_is_struck_or_underlined(
    view: ExampleView, reply: e.AnswersReply
) -> None:
    ask(view, reply)
    view.choose_step(10)
    assert marked(view.texts.answer, QTextCharFormat.fontStrikeOut) == "Espalier, and this is answer number"
    assert marked(view.texts.answer, QTextCharFormat.fontUnderline) == "a general assistant"
    assert "Struck: missing" in view.texts.note.text()
    view.texts.answer.copy_whole()
    assert QGuiApplication.clipboard().text() == "I am a general assistant 8."


def test_what_changed_since_the_stage_before_is_shown_on_wish(view: ExampleView, reply: e.AnswersReply) -> None:
    ask(view, reply)
    view.choose_step(10)
    view.texts.to_before.click()
    assert "Hello" in marked(view.texts.answer, QTextCharFormat.fontStrikeOut)
    view.choose_step(20)
    assert view.texts.note.text() == "The same answer as before."
    view.choose_step(0)
    assert not view.texts.to_before.isEnabled()
    assert view.texts.note.text() == "There is no answer before it."


def test_a_new_snapshot_is_followed_at_the_end_and_a_chosen_step_stays(
    view: ExampleView, reply: e.AnswersReply
) -> None:
    early = msgspec.structs.replace(reply, answers=reply.answers[:2])
    ask(view, early)
    ask(view, msgspec.structs.replace(reply, answers=reply.answers[:3]))
    assert view.stages.current is not None
    assert view.stages.current.at.step == 20
    view.choose_step(10)
    ask(view, reply)
    assert view.stages.current.at.step == 10


def test_an_answer_about_an_example_that_was_left_meanwhile_is_not_shown(view: ExampleView, home: Home) -> None:
    folder = make_run(home)
    one, other = answers_of(folder, 1), answers_of(folder, 2)
    ask(view, one)
    view.choose(2, other.example.example_id)
    view.answer(e.GetAnswers(run=1, example_id=one.example.example_id), one)
    view.answer(e.GetAnswers(run=1, example_id=other.example.example_id), other)
    assert view.shown == one.example.example_id


@pytest.mark.parametrize("place", range(len(ODD_TEXTS)))
def test_odd_texts_are_shown_as_they_are(view: ExampleView, home: Home, place: int) -> None:
    reply = answers_of(make_run(home, odd=True), place)
    began = time.perf_counter()
    ask(view, reply)
    assert time.perf_counter() - began < 1  # 40 ms; room for a machine under load
    shown = view.texts.expected.toPlainText()
    assert shown == (ODD_TEXTS[place] or "(empty)")


def test_html_is_text_and_signs_that_command_or_reorder_are_spelled_out(view: ExampleView, home: Home) -> None:
    answer = "<b>bold</b> <img src=x> \x1b[1m \u202e 👩\u200d👧 \u0645\u06cc\u200c\u062e\r\nline"
    plain = answers_of(make_run(home), 1)
    ask(view, msgspec.structs.replace(plain, answers=(at(0, answer),)))
    shown = view.texts.answer.toPlainText()
    assert "<b>" in shown
    assert "<img src=x>" in shown
    assert "⟨ESC⟩[1m ⟨U+202E⟩ 👩\u200d👧 \u0645\u06cc\u200c\u062e\nline" in readable(answer)
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_an_empty_answer_is_said_to_be_empty(view: ExampleView, home: Home) -> None:
    plain = answers_of(make_run(home), 1)
    ask(view, msgspec.structs.replace(plain, answers=(at(0, ""),)))
    assert view.texts.note.text().startswith("(empty answer)")
    no_text = msgspec.structs.replace(plain.example, expected_output="")
    ask(view, msgspec.structs.replace(plain, example=no_text, answers=(at(0, ""),)))
    assert view.texts.answer.toPlainText() == "(empty answer)"


def test_held_out_pinned_and_where_it_stands_are_said(view: ExampleView, home: Home) -> None:
    reply = answers_of(make_run(home), 3)
    ask(view, reply)
    assert view.badges.text() == "held out: never trained · line 4 · 41 tokens"
    view.learn_pins(e.PinsChanged(pins=(a_pin(reply.example.example_id),)))
    assert view.badges.text() == "held out: never trained · pinned · line 4 · 41 tokens"


def test_an_example_goes_when_another_run_is_shown_beside_it(
    view: ExampleView, reply: e.AnswersReply, home: Home
) -> None:
    with told(home) as replies:
        (run,) = replies.runs().runs
        read = replies.run(run.id, None)
    ask(view, msgspec.structs.replace(reply, run=run.id))
    view.learn_shown(read)
    assert view.shown == reply.example.example_id
    view.learn_shown(msgspec.structs.replace(read, run=msgspec.structs.replace(run, id=run.id + 1)))
    assert not view.shown
    assert not view.pin.isEnabled()
    asked: list[Request] = []
    view.wanted.connect(asked.append)
    view.learn_run(e.RunChanged(run=run, step=20))
    assert asked == []


def test_an_example_is_pinned_only_once_it_is_read(view: ExampleView, reply: e.AnswersReply) -> None:
    asked: list[Request] = []
    ask(view, reply)
    view.wanted.connect(asked.append)
    view.enter(1, "another")
    asked.clear()
    view.pin.trigger()
    assert asked == [], "it would have pinned the one before"
    assert view.stages.hasFocus()


def test_an_example_is_pinned_and_unpinned_and_the_words_say_when_it_takes_effect(
    view: ExampleView, reply: e.AnswersReply
) -> None:
    asked: list[Request] = []
    ask(view, reply)
    view.wanted.connect(asked.append)
    assert view.pin.text() == "Pin example"
    assert "from the next file on" in view.pin.toolTip()
    view.pin.trigger()
    example = reply.example.example_id
    assert asked == [e.PinExample(run=1, example_id=example)]
    view.answer(asked[0], Done(text="Pinned: it is in every panel from the next file on."))
    assert view.said.text().startswith("Pinned")
    view.learn_pins(e.PinsChanged(pins=(a_pin(example),)))
    assert view.pin.text() == "Unpin"
    view.pin.trigger()
    assert asked[1:] == [e.Unpin(example_id=example)]
    view.answer(asked[1], Failure(message="No space.", hint="Free some."))
    assert view.said.text() == "No space. Free some."


def test_the_menu_of_the_stages_holds_what_can_be_done(view: ExampleView, reply: e.AnswersReply) -> None:
    ask(view, reply)
    menu = view.menu()
    assert [action.text() for action in menu.actions()] == ["Pin example", "Pinned examples…", "", "Copy the answer"]
    opened: list[bool] = []
    view.pins_wanted.connect(lambda: opened.append(True))
    menu.actions()[1].trigger()
    assert opened == [True]
    menu.deleteLater()


def test_marks_follow_the_theme(view: ExampleView, reply: e.AnswersReply, theme: ThemeKeeper) -> None:
    ask(view, reply)
    view.choose_step(10)

    def tints() -> set[str]:
        def has(tint: str) -> bool:
            return bool(marked(view.texts.answer, lambda how: how.background().color().name() == tint))

        return {tint for tint in TINTS if has(tint)}

    assert tints() == {"#ffdfc4", "#cfe4ff"}
    theme.choose(Theme.DARK)
    assert tints() == {"#5c3a17", "#1d436e"}


def a_pin(example_id: str) -> Pin:
    turns = (Turn(role=Role.USER, content="Who?"), Turn(role=Role.ASSISTANT, content="Me."))
    return Pin(example_id=example_id, turns=turns)
