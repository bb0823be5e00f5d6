"""Settings through the host: stored in config.toml, refused at their field, taken over by the next file."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from backend import settings
from backend.paths import Home
from backend.protocol.host import PutSetting
from gui.actions.catalogue import ActionId
from gui.settings.dialog import SettingsDialog
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]


def opened(me: User) -> SettingsDialog:
    me.press(ActionId.SETTINGS)
    [dialog] = [one for one in me.window.findChildren(SettingsDialog) if one.isVisible()]
    me.wait_for(lambda: bool(dialog.form.fields))
    return dialog


def edit(dialog: SettingsDialog, **values: str) -> None:
    for key, text in values.items():
        dialog.form.fields[key.replace("__", ".")].editor.put(text)


def test_what_is_saved_holds_for_the_next_file_and_lies_in_the_file(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user()
    me.drop(write_file("a.jsonl"))
    dialog = opened(me)
    assert not dialog.save.isEnabled()
    edit(dialog, job__epochs="3", daily__at="04:30", adapter__targets="q_proj, v_proj")
    assert dialog.save.text() == "Save 3 changes"
    dialog.save.click()
    me.wait_for(lambda: me.banner == "3 settings are saved.")
    stored = settings.load(home)
    assert (stored.job.epochs, stored.daily.at, stored.adapter.targets) == (3, "04:30", ("q_proj", "v_proj"))
    me.drop(write_file("b.jsonl"))
    assert (me.job("a.jsonl").settings.epochs, me.job("b.jsonl").settings.epochs) == (1, 3)


def test_what_the_host_refuses_stays_with_its_reason_and_the_others_are_saved(user: SitDown, home: Home) -> None:
    me = user()
    dialog = opened(me)
    edit(dialog, job__learning_rate="seven", job__epochs="2")
    dialog.save.click()
    me.wait_for(lambda: bool(dialog.message))
    assert dialog.message == "1 setting is saved, 1 was refused."
    assert "does not fit job.learning_rate" in dialog.form.fields["job.learning_rate"].wrong
    assert dialog.form.changes == {"job.learning_rate": "seven"}
    assert settings.load(home).job.epochs == 2
    edit(dialog, job__learning_rate="1e-4")
    dialog.save.click()
    me.wait_for(lambda: me.banner == "1 setting is saved.")
    assert settings.load(home).job.learning_rate == 1e-4


def test_cancelled_edits_change_nothing_and_the_host_is_asked_anew(user: SitDown, home: Home) -> None:
    me = user()
    dialog = opened(me)
    edit(dialog, job__epochs="9")
    dialog.reject()
    assert settings.load(home).job.epochs == 1
    me.program.starter.requested.emit(PutSetting(key="job.epochs", value="5"))
    assert opened(me).form.fields["job.epochs"].editor.text() == "5"


def test_it_opens_once(user: SitDown) -> None:
    me = user()
    dialog = opened(me)
    assert opened(me) is dialog


def test_enter_in_the_search_neither_saves_nor_closes_and_control_enter_saves(user: SitDown, home: Home) -> None:
    me = user()
    dialog = opened(me)
    edit(dialog, job__epochs="6")
    QTest.keyClick(dialog.form.wanted, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.form.changes == {"job.epochs": "6"}
    QTest.keyClick(dialog.form.wanted, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    me.wait_for(lambda: me.banner == "1 setting is saved.")
    assert settings.load(home).job.epochs == 6
