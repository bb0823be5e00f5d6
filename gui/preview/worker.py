"""Starts the child that looks at a file and hears it, in a thread of its own; no slot waits for it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from backend.domain.job import Job
from backend.errors import UserError
from backend.paths import Home
from backend.preview.process import PreviewProcess
from backend.protocol.preview import Looked, NotReadable, Reading

PUMP_MS = 50
ROWS = 20


class PreviewWorker(QObject):
    """Looks at one file. What it hears comes as signals, `failed` or a last `looked` at the end."""

    reading = Signal(object)
    looked = Signal(object)
    failed = Signal(object)
    """NotReadable."""

    def __init__(self, home: Home, subject: Path | Job, rest: QThread, command: Sequence[str] | None = None) -> None:
        """Args: rest: the thread that takes it back at its end. command: what is run instead of the real child."""
        super().__init__()
        self._rest = rest
        self._home = home
        self._subject = subject
        self._command = command
        self._process: PreviewProcess | None = None
        self._timer: QTimer | None = None

    @property
    def pid(self) -> int | None:
        """Of the child, as long as it is there."""
        return None if self._process is None else self._process.pid

    @Slot()
    def begin(self) -> None:
        from backend.preview.order import order_for  # loads the database library: in this thread

        try:
            order = order_for(self._home, self._subject, rows=ROWS)
        except UserError as error:
            self.failed.emit(NotReadable(message=error.message, hint=error.hint, exit_status=int(error.exit_status)))
            return
        self._process = PreviewProcess(order, self._home, self._command)
        self._timer = QTimer(self)
        self._timer.setInterval(PUMP_MS)
        self._timer.timeout.connect(self._pump)
        self._timer.start()

    @Slot()
    def end(self) -> None:
        """Nobody wants to know more; the child has ended when this returns. A second time changes nothing."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
        process, self._process = self._process, None
        if process is not None:
            process.close()
        if self.thread() == QThread.currentThread():
            self.moveToThread(self._rest)

    @Slot()
    def _pump(self) -> None:
        if self._process is None:
            return
        process = self._process
        for event in process.take():
            match event:
                case Reading():
                    self.reading.emit(event)
                case Looked():
                    self.looked.emit(event)
                case NotReadable():
                    self.failed.emit(event)
        if process.over:
            self.end()
