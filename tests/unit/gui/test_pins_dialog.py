"""Pinned examples in the window: typed in, listed, unpinned; every view stays true."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from backend.domain.pin import Pin
from backend.evolution import pins
from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.evolution.example import ExampleView
from gui.evolution.pin_columns import origin, question
from gui.evolution.pin_form import PinForm
from gui.evolution.pins_dialog import PinsDialog
from tests.fakes.window import User
from tests.makers.evolution_files import make_run

SitDown = Callable[..., User]


def example_view(user: User) -> ExampleView:
    """It comes once the plot library is loaded."""
    user.wait_for(lambda: user.window.evolution.findChild(ExampleView) is not None)
    found = user.window.evolution.findChild(ExampleView)
    assert isinstance(found, ExampleView)
    return found


def pins_dialog(user: User) -> PinsDialog:
    user.press(ActionId.PINS)
    [dialog] = user.window.findChildren(PinsDialog)
    return dialog


def questions(dialog: PinsDialog) -> list[str]:
    return [question(pin) for pin in dialog.table.passing()]


def type_in(user: User, dialog: PinsDialog, asked: str, expected: str, system: str = "") -> PinForm:
    dialog.add.click()
    [form] = user.window.findChildren(PinForm)
    assert not form.add.isEnabled()
    for field, words in ((form.question, asked), (form.expected, expected), (form.system, system)):
        field.setPlainText(words)
    form.add.click()
    return form


def test_a_pin_says_its_question_and_where_its_row_stands() -> None:
    typed = pins.typed("Who are you?", "Espalier.", "Be brief.", "2026-11-25T00:00:00.000Z")
    assert (question(typed), origin(typed)) == ("Who are you?", "typed in by hand")
    row = Pin(example_id="1", turns=typed.turns, dataset="0" * 64, dataset_name="a\u202eb.jsonl", line=1_200)
    assert origin(row) == "a⟨U+202E⟩b.jsonl, line 1,200"


def test_examples_are_typed_in_listed_and_unpinned(user: SitDown, home: Home) -> None:
    me = user()
    dialog = pins_dialog(me)
    assert "Nothing is pinned" in dialog.table.words
    type_in(me, dialog, "Who are you?", "I am Espalier.", "Be brief.")
    me.wait_for(lambda: questions(dialog) == ["Who are you?"])
    me.wait_for(lambda: not me.window.findChildren(PinForm))
    assert "from the next file on" in dialog.about.text()
    [stored] = pins.load(home.pins)
    assert [turn.content for turn in stored.turns] == ["Be brief.", "Who are you?", "I am Espalier."]
    assert not dialog.unpin.isEnabled()
    dialog.table.view.selectAll()
    assert dialog.unpin.isEnabled()
    dialog.activateWindow()
    dialog.table.view.setFocus()
    me.wait_for(dialog.table.view.hasFocus)
    QTest.keyClick(dialog.table.view, Qt.Key.Key_Delete)
    me.wait_for(lambda: questions(dialog) == [])
    assert pins.load(home.pins) == ()
    me.wait_for(lambda: dialog.message.startswith("Unpinned"))


def test_a_typed_example_that_is_refused_stays_with_the_reason(user: SitDown, home: Home) -> None:
    home.pins.parent.mkdir(parents=True, exist_ok=True)
    home.pins.write_text("{", encoding="utf-8")
    me = user()
    dialog = pins_dialog(me)
    form = type_in(me, dialog, "Who?", "Me.")
    me.wait_for(lambda: "cannot be read" in form.message)
    assert form.question.toPlainText() == "Who?"
    assert form.add.isEnabled()


def test_every_view_follows_what_is_pinned_and_unpinned(user: SitDown, home: Home) -> None:
    make_run(home)
    me = user()
    view, dialog = example_view(me), pins_dialog(me)
    type_in(me, dialog, "Question 1: who are you?", "I am Espalier, and this is answer number 1.")
    me.wait_for(lambda: len(questions(dialog)) == 1)
    [pinned] = pins.load(home.pins)
    view.choose(1, pinned.example_id)
    me.wait_for(lambda: pinned.example_id in view.pinned)
    dialog.table.view.selectAll()
    dialog.unpin.click()
    me.wait_for(lambda: not view.pinned)
