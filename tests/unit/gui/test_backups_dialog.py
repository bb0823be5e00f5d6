"""Backups and trash in the window: what is said of each copy, what goes, what is refused, and what must be typed."""

from collections.abc import Callable
from functools import partial

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from backend.domain.backup import Backup, BackupCard, BackupType, CopyState, Keeps, Place, Subject
from backend.domain.operation import Operation, OperationKind, OperationState
from backend.domain.trash import TrashEntry
from backend.domain.version import Condition
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from gui.actions.catalogue import ActionId
from gui.backups.cleaning import CleaningDialog
from gui.backups.creating import CreatingDialog
from gui.backups.dialog import BackupsDialog
from gui.backups.emptying import EmptyingDialog
from gui.backups.restoring import RestoringDialog
from gui.facts import Facts
from gui.format import NOTHING
from gui.theme import ThemeKeeper
from tests.fakes import version_host
from tests.fakes.hosting import Bench, give_base
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User

SitDown = Callable[..., User]
AT = "2026-03-01T03:00:00.000Z"
WHOLE = CopyState(condition=Condition.WHOLE, verified_at=AT, loaded_at=AT)
DAMAGED = CopyState(condition=Condition.DAMAGED, message="model.safetensors differs.")


def backup(number: int, here: CopyState = WHOLE, second: CopyState | None = None, of: str = "v001") -> Backup:
    card = BackupCard(
        id=f"{of}_{number}",
        type=BackupType.MANUAL,
        subject=Subject.VERSION,
        of=of,
        source="",
        created_at=f"2026-03-{number:02d}T03:00:00.000Z",
        content_sha256="",
        bytes=2_000_000,
    )
    return Backup(sequence=number, card=card, path="", sums_sha256="", here=here, second=second)


def entry(name: str, of: str) -> TrashEntry:
    return TrashEntry(
        name=name, kind="version", of=of, path=f"/trash/{name}", bytes=1000, deleted_at="", purged_at="2026-03-02"
    )


REPLY = k.BackupsReply(
    backups=(backup(1), backup(2, DAMAGED), backup(3, second=WHOLE)),
    going=("v001_1",),
    staying=((), (Keeps.UNVERIFIED,), (Keeps.FLOOR, Keeps.ONLY)),
    second_location="/mnt/other",
    second_problem="It is not there now.",
)


@pytest.fixture
def dialog(window: QWidget, theme: ThemeKeeper) -> BackupsDialog:
    made = BackupsDialog(QAction("Settings", window), theme, window)
    made.show()
    made.answer(k.ListBackups(), REPLY)
    return made


def asked(dialog: BackupsDialog) -> list[p.Request]:
    requests: list[p.Request] = []
    dialog.wanted.connect(requests.append)
    return requests


def choose(dialog: BackupsDialog, name: str) -> None:
    dialog.table.select(lambda row: row.id == name)


def test_each_backup_says_how_its_copies_are_and_why_it_stays(dialog: BackupsDialog) -> None:
    said = [(cells[0], *cells[4:6], cells[-1]) for cells in map(dialog.table.cells, dialog.table.passing())]
    assert said == [
        ("version v001", "verified", "verified", "stays: one of the last three verified, only copy left"),
        ("version v001", "damaged", NOTHING, "stays: not verified: yours to decide"),
        ("version v001", "verified", NOTHING, "goes"),
    ]
    assert dialog.second.text() == "Second place: /mnt/other. It is not there now."
    assert dialog.about.text() == "3 backups, 6.0 MB; 1 would go when cleaned up."


def test_while_something_runs_its_progress_is_shown_and_nothing_else_begins(dialog: BackupsDialog) -> None:
    running = Operation(id=4, kind=OperationKind.VERIFY, subject="3 backups", step="reading", done=1, total=4)
    dialog.learn_facts(Facts(open=True, operation=running))
    assert dialog.strip.words.text() == "Verifying 3 backups: reading, 25 %"
    assert not dialog.make.isEnabled()
    assert "Under way: Verifying 3 backups" in dialog.make.toolTip()
    requests = asked(dialog)
    dialog.strip.cancel.click()
    assert requests == [k.CancelOperation(operation=4)]
    over = msgspec.structs.replace(running, state=OperationState.FAILED, text="It is damaged.", hint="Restore it.")
    dialog.learn(over)
    dialog.learn_facts(Facts(open=True))
    assert dialog.message == "It is damaged. Restore it."
    assert dialog.strip.isHidden()
    assert dialog.make.isEnabled()


def test_cleaning_shows_what_goes_first_and_enter_and_escape_leave_it(dialog: BackupsDialog) -> None:
    requests = asked(dialog)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        dialog.clean.click()
        [question] = dialog.findChildren(CleaningDialog)
        assert [row.id for row in question.table.passing()] == ["v001_1", "v001_3", "v001_2"]
        QTest.keyClick(question, key)
        assert not question.isVisible()
        question.setParent(None)
    assert requests == []
    dialog.clean.click()
    [question] = dialog.findChildren(CleaningDialog)
    question.go.click()
    assert requests == [k.CleanUpBackups(backups=("v001_1",))]


def test_a_damaged_backup_is_refused_and_another_is_offered(dialog: BackupsDialog) -> None:
    choose(dialog, "v001_2")
    dialog.restore.click()
    [question] = dialog.findChildren(RestoringDialog)
    assert not question.go.isEnabled()
    assert question.message.startswith("This backup is damaged and is not restored. model.safetensors differs.")
    assert "Choose another: 2 of it are whole." in question.message
    requests = asked(dialog)
    question.choice.setCurrentIndex(0)
    assert question.message == ""
    question.place.setCurrentIndex(question.place.findData(Place.SECOND.value))
    question.go.click()
    assert requests == [k.RestoreBackup(backup="v001_3", place=Place.SECOND)]
    dialog.answer(requests[0], p.Failure(message="It does not verify.", hint="Take another."))
    assert question.message == "It does not verify. Take another."


def test_only_the_typed_word_deletes_for_good(dialog: BackupsDialog) -> None:
    entries = (entry("version-v001-1", "v001"), entry("version-v002-2", "v002"))
    dialog.answer(k.ListTrash(), k.TrashReply(entries=entries))
    assert dialog.tabs.tabText(1) == "Trash (2)"
    requests = asked(dialog)
    dialog.trash.empty.click()
    [question] = dialog.findChildren(EmptyingDialog)
    question.typed.setText("v001")
    assert not question.go.isEnabled()
    question.reject()
    question.setParent(None)
    dialog.trash.table.select(lambda one: one.of == "v001")
    dialog.trash.empty.click()
    [question] = dialog.findChildren(EmptyingDialog)
    question.typed.setText("v001")
    question.go.click()
    dialog.trash.restore.click()
    assert requests == [k.EmptyTrash(names=("version-v001-1",)), k.RestoreTrash(name="version-v001-1")]


def listed(dialog: BackupsDialog, number: int) -> bool:
    return len(dialog.table.model.records) == number


def test_a_backup_is_made_verified_found_damaged_and_another_restored(user: SitDown, home: Home) -> None:
    give_base(home)
    bench = Bench.open(home, Script(steps=5))
    version_host.train(bench, "a")
    bench.host.close()
    me = user(Script(steps=5), base=False)
    me.press(ActionId.BACKUPS)
    [dialog] = me.window.findChildren(BackupsDialog)
    assert "No backup yet" in dialog.table.words
    for number, reason in enumerate(("first", "second"), start=1):
        me.wait_for(dialog.make.isEnabled)
        dialog.make.click()
        [creating] = [one for one in dialog.findChildren(CreatingDialog) if one.isVisible()]
        creating.reason.setText(reason)
        creating.go.click()
        me.wait_for(partial(listed, dialog, number))
    newest, oldest = (row.backup for row in dialog.table.model.records)
    version_host.spoil(home.backups / newest.path / "content" / "adapter_model.safetensors")
    me.wait_for(dialog.verify.isEnabled)
    dialog.verify.click()
    me.wait_for(lambda: dialog.table.cells(dialog.table.model.records[0])[4] == "damaged")
    me.wait_for(dialog.clean.isEnabled)
    dialog.table.select(lambda row: row.id == newest.id)
    dialog.restore.click()
    [question] = dialog.findChildren(RestoringDialog)
    assert "Choose another: 1 of it are whole." in question.message
    question.choice.setCurrentIndex(question.choice.findData(oldest.id))
    question.go.click()
    me.wait_for(lambda: oldest.id in dialog.message or "head" in dialog.message)
    assert not me.banner.startswith("An error")
