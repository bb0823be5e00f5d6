"""The history in the window: restore and its undo, typed deletion, tags, what a version holds."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel

from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.history.compared import VersionsCompared
from gui.history.deletion import DeletionDialog
from gui.history.dialog import HistoryDialog
from tests.fakes.keeping_window import consolidate, open_history, rows, train
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]
STANDS = "the head stands here"


@pytest.fixture
def two_versions(user: SitDown, write_file: WriteFile) -> tuple[User, HistoryDialog]:
    """A window whose head stands on v002, which was made on v001."""
    me = user(Script(steps=5))
    for name in ("a.jsonl", "b.jsonl"):
        train(me, write_file(name))
        consolidate(me)
    return me, open_history(me)


def words(dialog: HistoryDialog) -> list[str]:
    return [what for what, _ in rows(dialog)]


def test_a_version_is_restored_whole_and_undo_goes_back(two_versions: tuple[User, HistoryDialog]) -> None:
    me, history = two_versions
    lineage = ["v002  b", "training of b.jsonl", "v001  a", "training of a.jsonl", "the choice of tiny"]
    me.wait_for(lambda: words(history) == lineage)
    assert rows(history)[0] == ("v002  b", STANDS)
    history.choose("v001")
    assert history.card.rows["Trained"].startswith("a.jsonl: 3 rows, 5 steps")
    assert history.card.rows["Merge"] == "Keeps 99.0 % of what was learned."
    me.wait_for(lambda: bool(history.preview.shown))
    history.verbs.restore.click()
    assert "Undo goes back" in me.question("restore-version").informativeText()
    me.choose("restore-version", "Cancel")
    assert words(history) == lineage
    history.verbs.restore.click()
    me.choose("restore-version", "Restore")
    me.wait_for(lambda: len(words(history)) == 6 and rows(history)[0][1] == STANDS)
    assert words(history)[0].startswith("restoring of v001")
    assert "v001" in history.message
    assert [entry.graph.lane for entry in history.table.model.records] == [0, 1, 1, 0, 0, 0]
    me.wait_for(lambda: me.can(ActionId.UNDO_TRAINING))
    me.press(ActionId.UNDO_TRAINING)
    me.wait_for(lambda: rows(history)[1] == ("v002  b", STANDS))


def test_only_the_right_id_deletes_and_the_trash_has_it(two_versions: tuple[User, HistoryDialog], home: Home) -> None:
    me, history = two_versions
    history.choose("v001")
    history.verbs.delete.click()
    dialog = deletion(me)
    me.wait_for(lambda: bool(dialog.message))
    assert "v002" in dialog.against.text()
    assert dialog.typed.isHidden()
    dialog.reject()
    me.wait_for(lambda: not me.window.findChildren(DeletionDialog))
    history.choose("v002")
    folder = home.root / str(history.version.path if history.version else "")
    me.press(ActionId.UNDO_TRAINING)
    me.wait_for(lambda: any(state == STANDS and what.startswith("training of b") for what, state in rows(history)))
    history.choose("v002")
    history.verbs.delete.click()
    dialog = deletion(me)
    me.wait_for(lambda: not dialog.typed.isHidden() and "Made" in dialog.card.rows)
    dialog.end_undo.setChecked(True)
    for wrong in ("v001", "V002", "", "yes"):
        dialog.typed.setText(wrong)
        assert not dialog.go.isEnabled()
        dialog.go.click()
    assert folder.is_dir()
    dialog.typed.setText("v002")
    dialog.go.click()
    me.wait_for(lambda: not me.window.findChildren(DeletionDialog))
    me.wait_for(lambda: not folder.exists())
    me.wait_for(lambda: "v002  b" not in words(history))
    assert any("v002" in path.name for path in home.trash.iterdir())
    me.wait_for(lambda: "v002" in history.message)


def test_tags_are_kept_and_two_versions_are_compared(two_versions: tuple[User, HistoryDialog]) -> None:
    me, history = two_versions
    history.choose("v001")
    assert not history.card.keep_tags.isEnabled()
    history.card.tags.setText("good")
    history.card.keep_tags.click()
    me.wait_for(lambda: ("v001  a", "good") in rows(history))
    assert not history.compare.isEnabled()
    model = history.table.view.model()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    history.table.view.selectionModel().select(model.index(words(history).index("v002  b"), 0), flags)
    history.compare.click()
    [compared] = me.window.findChildren(VersionsCompared)
    me.wait_for(lambda: bool(compared.lineage.rows))
    assert compared.lineage.rows["Both descend from"] == "v001"
    assert compared.lineage.rows["Only in v002"] == "b.jsonl"
    assert compared.answers.boxes[0].toPlainText()


def test_a_version_is_verified_and_damage_is_shown(two_versions: tuple[User, HistoryDialog], home: Home) -> None:
    me, history = two_versions
    history.choose("v001")
    assert history.version is not None
    weights = home.root / history.version.path / "model.safetensors"
    history.verbs.verify.click()
    me.wait_for(lambda: "v001" in history.message)
    weights.chmod(0o644)
    weights.write_bytes(weights.read_bytes()[::-1])
    history.verify_all.click()
    me.wait_for(lambda: ("v001  a", "damaged") in rows(history))
    assert "model.safetensors" in history.message
    history.choose("v001")
    assert not history.verbs.restore.isEnabled()
    assert "damaged" in history.verbs.restore.toolTip()


def deletion(me: User) -> DeletionDialog:
    me.wait_for(lambda: bool(me.window.findChildren(DeletionDialog)))
    return me.window.findChildren(DeletionDialog)[-1]
