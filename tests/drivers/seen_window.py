"""A program of its own: opens the window on the scripted engine and keeps writing down what is seen, and where.

Arguments: home, a file for what is seen, a Script as JSON. A test reads the places there and acts with a real mouse.
"""

import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QSystemTrayIcon, QToolBar, QWidget

from backend.domain.job import Priority
from backend.opening import open_host
from backend.paths import Home
from backend.supervisor.launcher import LocalLauncher
from gui.program import Program
from gui.signals import SignalWatch
from tests.fakes import scripted_trial
from tests.fakes.scripted_engine import Script

LOOK_MS = 50
Place = tuple[int, int]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Places are in pixels of the screen."""

    rows: dict[str, Place] = {}
    """The middle of each row that can be seen, by the file's name."""
    headings: dict[str, Place] = {}
    """The middle of each level's heading, by its label."""
    buttons: dict[str, Place] = {}
    """The middle of each button of the toolbar that can be pressed, by the action's id."""
    states: dict[str, str] = {}
    order: tuple[str, ...] = ()
    state: str = ""
    banner: str = ""
    open: bool = False
    """Whether its host answers."""
    visible: bool = False
    question: str = ""
    """What a message box asks."""
    answers: dict[str, Place] = {}
    """The middle of each button of that box, by its words."""
    tray: Place | None = None
    """The middle of the tray's icon, where the desktop shows it."""
    menu: tuple[str, ...] = ()
    """What can be chosen in the tray's menu while it is open, by the action's id."""
    step: int = 0


class Looker:
    """Writes only what has changed, and whole."""

    def __init__(self, program: Program, path: Path) -> None:
        self._window = program.window
        self._facts = program.facts
        self._tray = program.tray
        self._path = path
        self._last = b""
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)

    def _look(self) -> None:
        content = msgspec.json.encode(self._seen())
        if content != self._last:
            self._last = content
            draft = self._path.with_suffix(".draft")
            draft.write_bytes(content)
            draft.replace(self._path)

    def _seen(self) -> Seen:
        queue, window = self._window.queue, self._window
        jobs = queue.model.jobs()
        boxes = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
        return Seen(
            rows={job.name: self._of_row(queue.model.job_index(job.id).row()) for job in jobs},
            headings={p.label: self._of_row(queue.model.heading_index(p).row()) for p in Priority},
            buttons=self._buttons(),
            states={job.name: str(job.state) for job in jobs},
            order=tuple(job.name for job in queue.model.waiting()),
            state=str(self._facts.now.status.state),
            banner=window.banner.words,
            open=self._facts.now.open,
            visible=window.isVisible(),
            question=boxes[0].text() if boxes else "",
            answers={b.text(): place_of(b, b.rect().center()) for b in boxes[0].buttons()} if boxes else {},
            tray=self._tray_icon(),
            menu=self._tray_menu(),
            step=self._facts.now.status.step or 0,
        )

    def _tray_icon(self) -> Place | None:
        icon = self._tray.findChild(QSystemTrayIcon)
        assert isinstance(icon, QSystemTrayIcon)
        box = icon.geometry()
        return (box.center().x(), box.center().y()) if box.isValid() else None

    def _tray_menu(self) -> tuple[str, ...]:
        menu = self._tray.menu
        seen = [a for a in menu.actions() if a.isVisible() and a.isEnabled() and not a.isSeparator()]
        return tuple(action.objectName() for action in seen) if menu.isVisible() else ()

    def _of_row(self, row: int) -> Place:
        view = self._window.queue.view
        middle = view.visualRect(view.model().index(row, 0)).center()
        return place_of(view.viewport(), middle)

    def _buttons(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        bar = self._window.findChild(QToolBar, "toolbar")
        assert isinstance(bar, QToolBar)
        for action in bar.actions():
            widget = bar.widgetForAction(action)
            if isinstance(widget, QWidget) and action.isEnabled() and action.isVisible():
                found[action.objectName()] = place_of(widget, widget.rect().center())
        return found


def place_of(widget: QWidget, point: QPoint) -> Place:
    spot = widget.mapToGlobal(point)
    return spot.x(), spot.y()


def main() -> int:
    home, path = Home(Path(sys.argv[1])), Path(sys.argv[2])
    script = msgspec.json.decode(sys.argv[3], type=Script)
    home.create()
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    program = Program(app, home, lambda of: open_host(of, LocalLauncher(script.command(), scripted_trial.command())))
    watch = SignalWatch(program)
    watch.asked_to_end.connect(program.closing.now)
    program.gone.connect(app.quit)
    looker = Looker(program, path)
    program.show()
    status = app.exec()
    watch.close()
    assert looker
    return status


if __name__ == "__main__":
    sys.exit(main())
