"""Looks at a Python in a thread of its own, for PyTorch takes seconds to load."""

import threading

from PySide6.QtCore import QObject, Signal

from backend.errors import UserError
from backend.runtime.checking import check


class RuntimeLook(QObject):
    """One look at a time counts: the answer bears the path that was asked for."""

    seen = Signal(str, object)
    """Path and Report."""
    failed = Signal(str, str)
    """Path, and what is wrong with it."""

    def ask(self, named: str) -> None:
        threading.Thread(target=self._look, args=(named,), name="runtime-look", daemon=True).start()

    def _look(self, named: str) -> None:
        try:
            report = check(named)
        except UserError as error:
            self.failed.emit(named, str(error))
        else:
            self.seen.emit(named, report)
