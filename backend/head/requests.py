"""Answers what clients ask of the head's history: undo, redo, the daily snapshot."""

from collections.abc import Callable

from backend.daily.keeper import DailyKeeper
from backend.head.undoing import Undoing
from backend.protocol import host as p


class HeadRequests:
    """One case a request."""

    def __init__(self, undoing: Undoing, daily: DailyKeeper, show: Callable[[], None]) -> None:
        """`show` puts what waits on the board."""
        self._show = show
        self._undoing = undoing
        self._daily = daily

    def answer(self, request: p.HeadRequest) -> p.Reply:
        """Raises the UserErrors of the parts."""
        match request:
            case p.UndoTraining():
                return self._shown(self._undoing.undo())
            case p.RedoTraining():
                return self._shown(self._undoing.redo())
            case p.GetMoves():
                undo, redo = self._undoing.words()
                return p.MovesReply(undo=undo, redo=redo)
            case p.GetHeadHistory():
                return p.HeadHistoryReply(moves=self._undoing.moves())
            case p.TakeDaily():
                return p.Done(text=self._daily.take())
            case p.GetDailies():
                return self._daily.all()
            case p.ThinDailies(days=days):
                return p.Done(text=self._daily.thin(days))

    def _shown(self, text: str) -> p.Done:
        self._show()
        return p.Done(text=text)
