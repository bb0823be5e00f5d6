"""While a snapshot is taken: heed the user's wishes, and tell how far it is."""

from backend.engine.control import Control
from backend.engine.reporter import Outlet
from backend.protocol.engine import Activity


class BrokenOff(Exception):
    """The user wants something else, which must not wait."""


class Attention:
    """Asked between passes of the model."""

    def __init__(self, control: Control, reporter: Outlet, text: str, total: int) -> None:
        self._control = control
        self._reporter = reporter
        self._text = text
        self._total = total
        self._done = 0

    def heed(self) -> None:
        """Raises BrokenOff where the user waits."""
        if self._control.wants_hold():
            raise BrokenOff

    def tell(self, done: int = 0) -> None:
        """So many more are done."""
        self._done += done
        self._reporter.send(Activity(text=self._text, done=min(self._done, self._total), total=self._total))
