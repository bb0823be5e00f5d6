"""The history in the window: restore and its undo, typed deletion, tags, comparison, damage."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel

from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.history.compared import VersionsCompared
from gui.history.deletion import DeletionDialog
from gui.history.dialog import HistoryDialog
from tests.fakes import version_host
from tests.fakes.hosting import Bench, give_base
from tests.fakes.keeping_window import open_history, rows
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User

SitDown = Callable[..., User]
STANDS = "the head stands here"
LINEAGE = ["v002  b", "training of b", "v001  a", "training of a", "the choice of tiny"]


@pytest.fixture
def two_versions(home: Home) -> Home:
    """A home whose head stands on v002, which was made on v001, both on an earlier day."""
    give_base(home)
    bench = Bench.open(home, Script(steps=5))
    for name in ("a", "b"):
        version_host.make_version(bench, name)
    bench.host.close()
    for version in ("v001", "v002"):
        version_host.backdate(home, version)
    return home


@pytest.fixture
def opened(user: SitDown, two_versions: Home) -> tuple[User, HistoryDialog]:
    me = user(Script(steps=5), base=False)
    history = open_history(me)
    me.wait_for(lambda: words(history) == LINEAGE)
    return me, history


def words(dialog: HistoryDialog) -> list[str]:
    return [what for what, _ in rows(dialog)]


def deletion(me: User, history: HistoryDialog, version: str) -> DeletionDialog:
    """The dialog for this version, once it shows its card."""
    history.choose(version)
    history.verbs.delete.click()
    me.wait_for(lambda: any(one.isVisible() for one in me.window.findChildren(DeletionDialog)))
    [dialog] = [one for one in me.window.findChildren(DeletionDialog) if one.isVisible()]
    me.wait_for(lambda: bool(dialog.card.rows))
    return dialog


def test_a_version_is_restored_whole_and_undo_goes_back(opened: tuple[User, HistoryDialog]) -> None:
    me, history = opened
    assert rows(history)[0] == ("v002  b", STANDS)
    history.choose("v001")
    assert history.card.rows["Trained"].startswith("a: 1 row, 5 steps")
    assert history.card.rows["Merge"] == "Keeps 99.0 % of what was learned."
    me.wait_for(lambda: bool(history.preview.shown))
    history.verbs.restore.click()
    assert "Undo goes back" in me.question("restore-version").informativeText()
    me.choose("restore-version", "Cancel")
    assert words(history) == LINEAGE
    history.verbs.restore.click()
    me.choose("restore-version", "Restore")
    me.wait_for(lambda: len(words(history)) == 6 and rows(history)[0][1] == STANDS)
    assert words(history)[0].startswith("restoring of v001")
    assert "v001" in history.message
    assert [entry.graph.lane for entry in history.table.model.records] == [0, 1, 1, 0, 0, 0]
    me.wait_for(lambda: me.can(ActionId.UNDO_TRAINING))
    me.press(ActionId.UNDO_TRAINING)
    me.wait_for(lambda: rows(history)[1] == ("v002  b", STANDS))


def test_only_the_right_id_deletes_and_the_trash_has_it(opened: tuple[User, HistoryDialog], two_versions: Home) -> None:
    me, history = opened
    dialog = deletion(me, history, "v002")
    assert "The head stands on v002" in dialog.message
    assert dialog.typed.isHidden()
    dialog.reject()
    dialog = deletion(me, history, "v001")
    folder = two_versions.root / str(history.version.path if history.version else "")
    assert "v002" in dialog.against.text()
    dialog.typed.setText("v001")
    assert not dialog.go.isEnabled(), "undo reaches it"
    dialog.end_undo.setChecked(True)
    for wrong in ("v002", "V001", "", "yes"):
        dialog.typed.setText(wrong)
        assert not dialog.go.isEnabled()
        dialog.go.click()
    assert folder.is_dir()
    dialog.typed.setText("v001")
    dialog.go.click()
    me.wait_for(lambda: not folder.exists())
    me.wait_for(lambda: words(history) == ["v002  b", "training of b", "v001 a (deleted)", *LINEAGE[3:]])
    assert any("v001" in path.name for path in two_versions.trash.iterdir())
    me.wait_for(lambda: "v001 lies in the trash" in history.message)


def test_tags_are_kept_and_two_versions_are_compared(opened: tuple[User, HistoryDialog]) -> None:
    me, history = opened
    history.choose("v001")
    assert not history.card.keep_tags.isEnabled()
    history.card.tags.setText("good")
    history.card.keep_tags.click()
    me.wait_for(lambda: ("v001  a", "good") in rows(history))
    assert not history.compare.isEnabled()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    view = history.table.view
    view.selectionModel().select(view.model().index(words(history).index("v002  b"), 0), flags)
    history.compare.click()
    [compared] = me.window.findChildren(VersionsCompared)
    me.wait_for(lambda: bool(compared.lineage.rows))
    assert compared.lineage.rows["Both descend from"] == "v001"
    assert compared.lineage.rows["Only in v002"] == "b"
    assert "no example in common" in compared.examples.words


def test_a_version_is_verified_and_damage_is_shown(opened: tuple[User, HistoryDialog], two_versions: Home) -> None:
    me, history = opened
    history.choose("v001")
    assert history.version is not None
    weights = two_versions.root / history.version.path / "model.safetensors"
    history.verbs.verify.click()
    me.wait_for(lambda: "every byte matches" in history.message)
    version_host.spoil(weights)
    me.wait_for(history.verify_all.isEnabled)
    history.verify_all.click()
    me.wait_for(lambda: ("v001  a", "damaged") in rows(history))
    me.wait_for(lambda: "model.safetensors" in history.message)
    history.choose("v001")
    me.wait_for(lambda: "It is damaged" in history.verbs.restore.toolTip())
    assert not history.verbs.restore.isEnabled()
