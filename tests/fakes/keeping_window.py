"""What tests do with versions in a window: train a file, consolidate it, open the history."""

from pathlib import Path

from backend.domain.job import JobState
from backend.domain.status import HostState
from gui.actions.catalogue import ActionId
from gui.consolidation.dialog import ConsolidateDialog, Phase
from gui.history.dialog import HistoryDialog
from tests.fakes.window import User


def train(me: User, path: Path) -> None:
    """Queue the file, train it, and wait until nothing trains."""
    me.drop(path)
    me.press(ActionId.START)
    me.wait_for(lambda: me.job(path.name).state is JobState.DONE)
    me.wait_for_state(HostState.IDLE)


def open_consolidation(me: User) -> ConsolidateDialog:
    """The dialog, once it knows what would happen or what is under way."""
    me.press(ActionId.CONSOLIDATE)
    [dialog] = me.window.findChildren(ConsolidateDialog)
    me.wait_for(lambda: dialog.go.isEnabled() or dialog.phase is Phase.COURSE or bool(dialog.message))
    return dialog


def consolidate(me: User) -> None:
    """Begin it and see it done."""
    dialog = open_consolidation(me)
    dialog.go.click()
    me.wait_for(lambda: dialog.phase is Phase.OUTCOME)
    dialog.close()
    me.wait_for(lambda: not me.window.findChildren(ConsolidateDialog))


def open_history(me: User) -> HistoryDialog:
    """The dialog, with its rows."""
    me.press(ActionId.HISTORY)
    [dialog] = me.window.findChildren(HistoryDialog)
    me.wait_for(lambda: bool(dialog.table.model.records))
    return dialog


def rows(dialog: HistoryDialog) -> list[tuple[str, str]]:
    """What each row says, and its state."""
    return [(cells[0], cells[-1]) for cells in map(dialog.table.cells, dialog.table.passing())]
