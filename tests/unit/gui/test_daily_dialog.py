"""Daily snapshots in the window: taken now, thinned only after what goes was shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from backend import clock
from backend.domain.daily import Daily, Stays
from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.paths import Home
from backend.protocol import host as p
from backend.store.store import Store
from gui.actions.catalogue import ActionId
from gui.daily.dialog import DailyDialog
from gui.daily.thinning import ThinningDialog
from gui.theme import ThemeKeeper
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]


def snapshot(sequence: int, day: str) -> Daily:
    return Daily(
        sequence=sequence,
        day=day,
        path=f"snapshots/{day}",
        sums_sha256="",
        bytes=2_000_000,
        checkpoint=sequence,
        taken_at=f"{day}T03:00:00.000Z",
    )


REPLY = p.DailiesReply(
    snapshots=tuple(snapshot(number, f"2026-03-{number:02d}") for number in (1, 2, 3)),
    going=("2026-03-01",),
    staying=((), (Stays.WEEK, Stays.NEWEST), (Stays.HEAD,)),
)


@pytest.fixture
def dialog(window: QWidget, theme: ThemeKeeper) -> DailyDialog:
    made = DailyDialog(theme, window)
    made.show()
    return made


def asked(dialog: DailyDialog) -> list[p.Request]:
    requests: list[p.Request] = []
    dialog.wanted.connect(requests.append)
    return requests


def thinning(dialog: DailyDialog) -> ThinningDialog:
    dialog.thin.click()
    [found] = dialog.findChildren(ThinningDialog)
    return found


def days(dialog: DailyDialog | ThinningDialog) -> list[str]:
    return [cells[0] for cells in map(dialog.table.cells, dialog.table.passing())]


def test_each_snapshot_says_why_it_stays_or_that_it_goes(dialog: DailyDialog) -> None:
    assert "No snapshot yet" in dialog.table.words
    assert not dialog.thin.isEnabled()
    dialog.answer(p.GetDailies(), REPLY)
    said = [(cells[0], cells[-1]) for cells in map(dialog.table.cells, dialog.table.passing())]
    assert said == [
        ("2026-03-03", "stays: what the head stands on"),
        ("2026-03-02", "stays: last of its week, one of the newest three"),
        ("2026-03-01", "goes when thinned"),
    ]
    assert "3 snapshots, 6.0 MB, 1 would go" in dialog.about.text()


def test_a_host_that_gives_no_reasons_is_understood(dialog: DailyDialog) -> None:
    dialog.answer(p.GetDailies(), p.DailiesReply(snapshots=REPLY.snapshots, going=REPLY.going))
    assert len(days(dialog)) == 3


def test_enter_and_escape_leave_all_snapshots_in_place(dialog: DailyDialog) -> None:
    dialog.answer(p.GetDailies(), REPLY)
    requests = asked(dialog)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        question = thinning(dialog)
        assert days(question)[0] == "2026-03-01"
        assert "1 snapshot goes to the trash, 2.0 MB; 2 stay" in question.about.text()
        gone: list[bool] = []
        question.finished.connect(lambda _, gone=gone: gone.append(True))
        QTest.keyClick(question, key)
        assert gone
        question.setParent(None)
    assert requests == []


def test_what_was_shown_is_what_goes(dialog: DailyDialog) -> None:
    dialog.answer(p.GetDailies(), REPLY)
    requests = asked(dialog)
    thinning(dialog).go.click()
    assert requests == [p.ThinDailies(days=("2026-03-01",))]
    dialog.answer(requests[0], p.Done(text="Moved."))
    assert dialog.message == "Moved."
    assert requests[1:] == [p.GetDailies()]


def test_a_snapshot_that_fails_frees_the_button_and_says_why(dialog: DailyDialog) -> None:
    requests = asked(dialog)
    dialog.take.click()
    assert requests == [p.TakeDaily()]
    assert not dialog.take.isEnabled()
    dialog.answer(p.TakeDaily(), p.Done(text="Taking."))
    dialog.learn_notice(p.Notice(level="info", text="Something else."))
    assert not dialog.take.isEnabled()
    dialog.learn_notice(p.Notice(level="error", text="It is full.", hint="Free some."))
    assert (dialog.message, dialog.take.isEnabled()) == ("It is full. Free some.", True)
    dialog.learn_notice(p.Notice(level="error", text="Of somebody else."))
    assert dialog.message == "It is full. Free some."


def test_one_is_taken_now_and_a_second_is_refused(user: SitDown, write_file: WriteFile, home: Home) -> None:
    me = user(Script(steps=5))
    me.press(ActionId.DAILY)
    [dialog] = me.window.findChildren(DailyDialog)
    dialog.take.click()
    me.wait_for(lambda: "Nothing has been trained" in dialog.message)
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.DONE)
    me.wait_for_state(HostState.IDLE)
    dialog.take.click()
    me.wait_for(lambda: days(dialog) == [clock.today()])
    assert "every byte was read back" in dialog.message
    dialog.take.click()
    me.wait_for(lambda: "on top of another" in dialog.message)


def test_thinning_moves_to_the_trash_what_the_rule_lets_go(user: SitDown, home: Home) -> None:
    store = Store.open(home)
    places = [home.root / f"snapshots/2026-01-{number:02d}" for number in range(1, 12)]
    with store.atomic():
        for number, place in enumerate(places, start=1):
            place.mkdir(parents=True)
            store.dailies.add(snapshot(number, place.name))
    store.close()
    home.config.write_text("[daily]\ndays = 3\nweeks = 0\nmonths = 0\n", encoding="utf-8")
    me = user()
    me.press(ActionId.DAILY)
    [dialog] = me.window.findChildren(DailyDialog)
    me.wait_for(dialog.thin.isEnabled)
    thinning(dialog).go.click()
    me.wait_for(lambda: len(days(dialog)) == 3)
    assert there(places) == ["2026-01-09", "2026-01-10", "2026-01-11"]
    assert "Moved to" in dialog.message
    assert not dialog.thin.isEnabled()


def there(places: list[Path]) -> list[str]:
    return [place.name for place in places if place.exists()]
