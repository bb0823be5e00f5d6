"""A program of its own that opens the window with the real engine, drops a file, pauses, resumes, and reports as JSON.

Arguments: home, file. It is a process apart because only there it shows what the window itself has imported.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from backend.domain.job import ENDED, Job
from backend.domain.status import HostState
from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.program import Program
from tests.fakes.window import User

HEAVY = ("torch", "transformers", "peft")
PATIENCE_MS = 280_000


class Seen(msgspec.Struct, kw_only=True):
    """What the test looks at afterwards."""

    banner: str = ""
    states: list[str] = []
    folders_when_paused: list[str] = []
    step_when_paused: int = 0
    paused_words: str = ""
    job: Job | None = None
    drawn_steps: list[float] = []
    held_out: list[float] = []
    heavy: list[str] = []


class Loop:
    """Turns Qt's event loop until something holds."""

    def waitUntil(self, callback: Callable[[], bool], *, timeout: int) -> None:
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not callback():
            assert time.monotonic() < deadline, "it did not come in time"
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def act(me: User, home: Home, file: Path) -> Seen:
    """One training with a pause in it."""
    seen = Seen()
    me.wait_for(lambda: me.program.facts.now.base is not None)
    me.drop(file)
    seen.banner = me.banner
    seen.states.append(me.state)
    me.program.facts.changed.connect(lambda: seen.states.append(me.state) if me.state != seen.states[-1] else None)
    me.press(ActionId.START)
    me.wait_for(lambda: len(me.plot().raw) > 0)
    me.press(ActionId.PAUSE)
    me.wait_for_state(HostState.PAUSED)
    job = me.job(file.name)
    seen.folders_when_paused = sorted(path.name for path in home.checkpoints(job.id).glob("[0-9]*"))
    seen.step_when_paused = me.program.facts.now.status.checkpoint_step or 0
    seen.paused_words = me.window.status_line.file.whole_text()
    me.press(ActionId.RESUME)
    me.wait_for(lambda: me.job(file.name).state in ENDED)
    me.wait_for_state(HostState.IDLE)
    seen.job = me.job(file.name)
    seen.drawn_steps = list(me.plot().raw.steps)
    seen.held_out = list(me.plot().held_out.steps)
    return seen


def main() -> int:
    home, file = Home(Path(sys.argv[1])), Path(sys.argv[2])
    app = QApplication(sys.argv[:1])
    program = Program(app, home)
    program.show()
    me = User(Loop(), program)
    me.wait_for(lambda: program.facts.now.open)
    me.wait_for(lambda: me.can(ActionId.ADD_STARTER))
    me.press(ActionId.ADD_STARTER)
    seen = act(me, home, file)
    gone: list[bool] = []
    program.gone.connect(lambda: gone.append(True))
    me.window.close()
    me.wait_for(lambda: bool(gone))
    seen.heavy = [name for name in HEAVY if name in sys.modules]
    print(msgspec.json.encode(seen).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
