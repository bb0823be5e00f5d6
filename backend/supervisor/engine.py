"""At most one engine process: started when needed, asked to leave, ended only after it had its time."""

import logging
import time
from collections.abc import Callable

import msgspec
import psutil

from backend import files
from backend.errors import NoSpace
from backend.paths import Home
from backend.protocol.engine import EngineCommand, Leave, Ready
from backend.supervisor.launcher import Launcher
from backend.supervisor.link import EngineLink, Exited, HungUp, Said

log = logging.getLogger(__name__)
MEET_SECONDS = 300.0
"""Time for a new engine to reach us. That comes before it loads PyTorch; one that takes longer hangs."""
LEAVE_SECONDS = 90.0
"""Time to finish the step and save before SIGTERM, and again before SIGKILL."""


class EngineCard(msgspec.Struct, frozen=True, kw_only=True):
    """Which process the last engine was; pids come round, so its start time belongs to it."""

    pid: int
    created: float


class Engine:
    """Send commands, take what was said. `take` ends with `Exited` once, after which another can be started."""

    def __init__(self, launcher: Launcher, home: Home, ring: Callable[[], None]) -> None:
        self._launcher = launcher
        self._home = home
        self._ring = ring
        self._link: EngineLink | None = None
        self._leaving_since: float | None = None
        self._idle_since: float | None = None
        self._started_at = 0.0
        self._pushed = 0

    @property
    def alive(self) -> bool:
        """Whether a process is there that has not been reported as exited."""
        return self._link is not None

    @property
    def pid(self) -> int | None:
        return None if self._link is None else self._link.process.pid

    @property
    def leaving(self) -> bool:
        return self._leaving_since is not None

    def start(self) -> None:
        """Raises OSError or RuntimeUnusable when the process cannot be started."""
        assert self._link is None
        self._link = EngineLink(self._launcher, self._home, self._ring)
        self._started_at = time.monotonic()
        self._leaving_since = None
        self._pushed = 0

    def send(self, command: EngineCommand) -> None:
        """Never waits. Nothing happens without an engine: what it would have done is decided by its exit."""
        if self._link is not None:
            self._link.send(command)

    def leave(self) -> None:
        """Ask it to save and end; `tick` becomes firmer when it does not."""
        if self._link is not None and self._leaving_since is None:
            self._leaving_since = time.monotonic()
            self._link.send(Leave())

    def take(self) -> list[Said]:
        if self._link is None:
            return []
        said = self._link.take()
        for message in said:
            match message:
                case Ready():
                    self._remember(message.pid)
                case HungUp():
                    log.info("%s", message.why)
                    self._leaving_since = self._leaving_since or time.monotonic()
                case Exited():
                    log.info("The engine has exited with %s.", message.code)
                    self._link = None
                    self._leaving_since = None
                case _:
                    pass
        return said

    def rest(self, idle: bool, seconds: float) -> None:
        """Let an engine that nobody uses go after a while, so that its memory is free."""
        if not idle or not self.alive:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = time.monotonic()
        elif time.monotonic() - self._idle_since >= seconds:
            self.leave()

    def tick(self) -> None:
        """Request, then SIGTERM, then SIGKILL, each after its time (safety.md, rule 12)."""
        if self._link is None:
            return
        if not self._link.met and self._pushed < 2 and time.monotonic() - self._started_at > MEET_SECONDS:
            log.warning("The engine has not reached its host in %.0f s; it is killed.", MEET_SECONDS)
            self._link.process.kill()
            self._pushed = 2
        if self._leaving_since is None:
            return
        waited = time.monotonic() - self._leaving_since
        if waited > LEAVE_SECONDS and self._pushed == 0:
            log.warning("The engine does not leave; it is told to terminate.")
            self._link.process.terminate()
            self._pushed = 1
        elif waited > 2 * LEAVE_SECONDS and self._pushed == 1:
            log.warning("The engine does not terminate; it is killed.")
            self._link.process.kill()
            self._pushed = 2

    def _remember(self, pid: int) -> None:
        try:
            created = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            return
        try:
            files.write(self._home.engine_card, msgspec.json.encode(EngineCard(pid=pid, created=created)))
        except NoSpace as error:  # it trains all the same; only as an orphan that does not leave it would not be known
            log.warning("%s", error)
