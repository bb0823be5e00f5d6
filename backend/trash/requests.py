"""Answers what clients ask of the trash."""

from backend import settings
from backend.paths import Home
from backend.protocol import keeping as k
from backend.protocol.host import Done, Reply
from backend.trash.keeper import TrashKeeper
from backend.trash.trash import Trash


class TrashRequests:
    """One case a request."""

    def __init__(self, trash: Trash, keeper: TrashKeeper) -> None:
        self._trash = trash
        self._keeper = keeper

    def answer(self, request: k.TrashRequest) -> Reply:
        """Raises the UserErrors of the parts."""
        match request:
            case k.ListTrash():
                return k.TrashReply(entries=tuple(self._trash.entries()))
            case k.EmptyTrash(names=names):
                gone = self._keeper.empty(names)
                return Done(text=f"Gone for good: {', '.join(entry.name for entry in gone) or 'nothing'}.")
            case k.RestoreTrash(name=name):
                return k.OperationBegun(operation=self._keeper.restore(name))


def answer_trash(home: Home) -> k.TrashReply:
    """What lies in the trash, for readers. Raises WrongUse where the settings cannot be read."""
    second = settings.load(home).backup.second_location
    return k.TrashReply(entries=tuple(Trash(home, lambda: second).entries()))
