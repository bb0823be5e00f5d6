"""What tests do to a window from outside: carry files over it, press what can be pressed, wait for facts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from backend.domain.job import Job
from backend.domain.status import HostState
from gui.actions.catalogue import ActionId
from gui.program import Program
from tests.fakes.scripted_engine import Script

if TYPE_CHECKING:
    from gui.live.plot import LossPlot

PATIENCE_MS = 60_000
"""No test waits this long unless something is broken."""

WriteFile = Callable[..., Path]
TrayThere = Callable[[], bool]
"""Whether the desktop has a tray just now."""


def has_tray() -> bool:
    """A desktop with a tray."""
    return True


def has_no_tray() -> bool:
    """A desktop without one, such as plain GNOME."""
    return False


class OpenWindow(Protocol):
    """Opens a window whose host answers."""

    def __call__(
        self, script: Script | None = None, *, base: bool = True, tray: TrayThere = has_no_tray
    ) -> Program: ...


class Waiter(Protocol):
    """What of pytest-qt's bot is needed here."""

    def waitUntil(self, callback: Callable[[], bool], *, timeout: int) -> None: ...


class User:
    """One person in front of one window."""

    def __init__(self, waiter: Waiter, program: Program) -> None:
        self._waiter = waiter
        self.program = program
        self.window = program.window

    def press(self, action: ActionId) -> None:
        """Choose an action; one that is grey is a failure of the test."""
        assert self.can(action), f"{action} is not enabled"
        self.window.verbs[action].trigger()

    def can(self, action: ActionId) -> bool:
        return self.window.verbs[action].isEnabled() and self.window.verbs[action].isVisible()

    def drop(self, *paths: Path) -> None:
        """Let files go over the window and wait for the answer."""
        answers: list[object] = []
        self.program.drops.answered.connect(answers.append)
        let_go(self.window, paths)
        self.wait_for(lambda: bool(answers))
        self.program.drops.answered.disconnect(answers.append)

    def question(self, name: str) -> QMessageBox:
        """The question of this name that is open."""
        self.wait_for(lambda: any(box.isVisible() for box in self.window.findChildren(QMessageBox, name)))
        return next(box for box in self.window.findChildren(QMessageBox, name) if box.isVisible())

    def choose(self, question: str, answer: str) -> None:
        """Press the button that bears these words, and see the question gone."""
        box = self.question(question)
        next(button for button in box.buttons() if button.text() == answer).click()
        self.wait_for(lambda: not any(b.isVisible() for b in self.window.findChildren(QMessageBox, question)))

    def select(self, *names: str) -> None:
        self.window.queue.select([self.job(name).id for name in names])

    def wait_for(self, holds: Callable[[], bool]) -> None:
        self._waiter.waitUntil(holds, timeout=PATIENCE_MS)

    def wait_for_state(self, state: HostState) -> None:
        self.wait_for(lambda: self.state is state)

    def plot(self) -> "LossPlot":
        """The plot, once its library is loaded."""
        from gui.live.plot import LossPlot

        self.wait_for(lambda: self.window.live.findChild(LossPlot) is not None)
        found = self.window.live.findChild(LossPlot)
        assert isinstance(found, LossPlot)
        return found

    @property
    def state(self) -> HostState:
        return self.program.facts.now.status.state

    def job(self, name: str) -> Job:
        return next(job for job in self.window.queue.model.jobs() if job.name == name)

    def names(self) -> list[str]:
        """The files that are left to train, in order."""
        return [job.name for job in self.window.queue.model.waiting()]

    @property
    def banner(self) -> str:
        return self.window.banner.words


def carried(paths: Sequence[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def hover(window: QWidget, data: QMimeData) -> bool:
    """Whether the window would take it."""
    enter = QDragEnterEvent(
        window.rect().center(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    QApplication.sendEvent(window, enter)
    return enter.isAccepted()


def leave(window: QWidget) -> None:
    QApplication.sendEvent(window, QDragLeaveEvent())


def let_go(window: QWidget, paths: Sequence[Path]) -> None:
    """Enter and drop, with the events that a desktop sends."""
    data = carried(paths)
    assert hover(window, data)
    event = QDropEvent(
        QPointF(window.rect().center()),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, event)
    assert event.isAccepted()
