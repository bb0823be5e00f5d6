"""The form of settings: editors by type, marks, defaults, search, keyboard and wheel."""

from typing import cast

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from backend.domain.job import JobSettings, Schedule
from backend.options import options
from backend.settings import Settings, parsed
from gui.settings.dialog import sections
from gui.settings.form import Section, SettingsForm
from gui.settings.spelling import spelled, title
from gui.theme import ThemeKeeper, Tone

CHANGED = JobSettings(epochs=3, schedule=Schedule.COSINE, cut_long_rows=True, learning_rate=1e-5)


@pytest.fixture
def form(qtbot: QtBot, theme: ThemeKeeper, window: QWidget) -> SettingsForm:
    made = SettingsForm(theme)
    qtbot.addWidget(made)
    made.fill([of(CHANGED)])
    made.show()
    return made


def of(settings: JobSettings) -> Section:
    return Section(title="Files", note="", options=tuple(options(settings)))


def seen(form: SettingsForm) -> list[str]:
    return [key for key, field in form.fields.items() if field.isVisible()]


@pytest.mark.parametrize("settings", [Settings(), Settings(job=CHANGED)])
def test_every_setting_is_spelled_so_that_the_host_reads_the_same_value(settings: Settings) -> None:
    for option in options(settings):
        read = msgspec.convert(parsed(spelled(option.value), option.value), option.type)
        assert read == option.value, option.key


def test_every_setting_of_the_home_has_a_field_in_a_section_that_says_when_it_takes_effect(
    form: SettingsForm, theme: ThemeKeeper
) -> None:
    found = sections(Settings())
    assert [option.key for section in found for option in section.options] == [o.key for o in options(Settings())]
    assert all(section.note for section in found)
    assert len({title(option.key) for option in found[0].options}) == len(found[0].options)


def test_an_editor_suits_its_type_and_shows_the_value(form: SettingsForm) -> None:
    kinds = {
        "epochs": (QSpinBox, "3"),
        "schedule": (QComboBox, "cosine"),
        "cut_long_rows": (QCheckBox, "true"),
        "learning_rate": (QLineEdit, "1e-05"),
        "seed": (QLineEdit, "0"),
        "template_date": (QLineEdit, ""),
    }
    for key, (kind, text) in kinds.items():
        assert isinstance(form.fields[key].editor.widget, kind), key
        assert form.fields[key].editor.text() == text
    assert form.changes == {}
    assert cast("QSpinBox", form.fields["epochs"].editor.widget).maximum() == 1000


def test_only_what_was_edited_is_a_change_and_going_back_is_none(form: SettingsForm) -> None:
    form.fields["epochs"].editor.put("4")
    form.fields["cut_long_rows"].editor.put("false")
    form.fields["dropout"].editor.put("0.5")
    assert form.changes == {"epochs": "4", "cut_long_rows": "false", "dropout": "0.5"}
    form.fields["epochs"].editor.put("3")
    form.fields["dropout"].reset.click()
    assert form.changes == {"cut_long_rows": "false"}
    form.fields["epochs"].reset.click()
    assert form.changes["epochs"] == "1"
    assert not form.fields["epochs"].reset.isEnabled()


def test_a_screen_reader_hears_name_purpose_default_and_state(form: SettingsForm) -> None:
    widget = form.fields["epochs"].editor.widget
    assert widget.accessibleName() == "Epochs"
    assert "How many times" in widget.accessibleDescription()
    assert "The default is 1." in widget.accessibleDescription()
    assert "not saved" not in widget.accessibleDescription()
    form.fields["epochs"].editor.put("9")
    assert "Edited, not saved." in widget.accessibleDescription()
    assert form.fields["epochs"].reset.accessibleName() == "Epochs: back to the default"


def test_the_search_finds_names_and_what_settings_do(form: SettingsForm) -> None:
    form.wanted.setText("learning RATE highest")
    assert seen(form) == ["learning_rate"]
    form.wanted.setText("held out")
    assert seen(form) == ["heldout_share", "heldout_most"]
    form.wanted.setText("xyzzy")
    assert seen(form) == []
    form.wanted.clear()
    assert seen(form) == list(form.fields)


def test_the_wheel_changes_no_value(form: SettingsForm) -> None:
    for key in ("epochs", "schedule"):
        widget = form.fields[key].editor.widget
        widget.setFocus()
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(widget.mapToGlobal(QPoint(5, 5))),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)
    assert form.changes == {}


def test_keys_change_a_value(form: SettingsForm) -> None:
    widget = form.fields["epochs"].editor.widget
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_Up)
    assert form.changes == {"epochs": "4"}


def test_what_the_host_tells_later_does_not_overwrite_an_edit(form: SettingsForm) -> None:
    form.fields["seed"].editor.put("5")
    form.fill([of(msgspec.structs.replace(CHANGED, seed=7, epochs=6))])
    assert form.fields["epochs"].editor.text() == "6"
    assert form.changes == {"seed": "5"}


def test_a_complaint_is_shown_in_its_colour_and_goes_with_the_next_edit(form: SettingsForm, theme: ThemeKeeper) -> None:
    field = form.fields["dropout"]
    field.complain("It does not fit.")
    [shown] = [label for label in field.findChildren(QLabel) if label.text() == "It does not fit."]
    assert shown.palette().color(shown.foregroundRole()) == theme.colour(Tone.BAD)
    field.editor.put("0.1")
    assert field.wrong == ""


def test_a_locked_form_can_be_read_and_not_edited(form: SettingsForm) -> None:
    form.lock()
    widget = form.fields["learning_rate"].editor.widget
    widget.setFocus()
    QTest.keyClicks(widget, "5")
    QTest.keyClick(form.fields["epochs"].editor.widget, Qt.Key.Key_Up)
    QTest.mouseClick(form.fields["cut_long_rows"].editor.widget, Qt.MouseButton.LeftButton)
    assert form.changes == {}
    assert not form.fields["epochs"].reset.isVisible()
