"""Acts on signal files: `touch control/.pause` pauses as the command does, with the file's content as the reason."""

import logging
import time
from collections.abc import Callable

from backend import files
from backend.control.board import Board
from backend.control.signal_files import Signal, look
from backend.domain.status import HostState, Status
from backend.errors import NoSpace, UserError
from backend.free_place import free_place
from backend.paths import Home
from backend.protocol.host import ControlRequest, PauseTraining, ResumeTraining, SkipJob, StopTraining
from backend.store.store import Store
from backend.training.changes import Changes

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.25
REQUESTS: dict[str, Callable[[str], ControlRequest]] = {
    "stop": lambda reason: StopTraining(reason=reason),
    "skip": lambda reason: SkipJob(reason=reason),
    "pause": lambda reason: PauseTraining(reason=reason),
    "resume": lambda reason: ResumeTraining(reason=reason),
}
ON_THE_WAY = {
    "stop": (HostState.STOPPING,),
    "skip": (HostState.SKIPPING, HostState.STOPPING),
    "pause": (HostState.PAUSING, HostState.SKIPPING),
    "resume": (HostState.PAUSING, HostState.PAUSED),
}
"""States in which a signal that was taken is not yet a fact."""


class Signals:
    """Belongs to the host's thread. A host that may not train asks nothing of it."""

    def __init__(
        self, home: Home, store: Store, changes: Changes, board: Board, act: Callable[[ControlRequest], str]
    ) -> None:
        """Look at nothing yet.

        Args:
            act: carries a wish to the training, as for the commands; raises UserErrors.
        """
        self._home = home
        self._store = store
        self._changes = changes
        self._board = board
        self._act = act
        self._looked = time.monotonic()
        self._taken: tuple[str, ...] = ()
        self._done: dict[str, tuple[int, ...]] = {}
        """Files that cannot be removed, with what they were: not looked at again until they change."""
        self._empty: dict[str, tuple[int, ...]] = {}
        """Empty ones of the last look."""

    def drop_stale(self) -> None:
        """What lies there at the host's start is stale, whatever its time: clocks may be changed, presence cannot."""
        for signal in look(self._home):
            if signal.problem:
                self._refuse(signal)
            else:
                log.warning("%s lay there before this host came up; it is dropped.", signal.path)
                self._remove(signal)

    def tick(self) -> None:
        """Act on new signals, and show those that are not yet facts.

        Raises:
            NoSpace: a wish cannot be stored; its file stays, and it is tried again.
        """
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = time.monotonic()
            for signal in self._fresh():
                self._take(signal)
        self._show()

    def _fresh(self) -> list[Signal]:
        """An empty file is taken at its second look: a shell makes it first and writes the reason then."""
        there = [signal for signal in look(self._home) if self._done.get(signal.name) != signal.mark]
        before = self._empty
        self._empty = {signal.name: signal.mark for signal in there if signal.is_empty}
        return [signal for signal in there if not signal.is_empty or before.get(signal.name) == signal.mark]

    def _take(self, signal: Signal) -> None:
        if signal.problem:
            self._refuse(signal)
            return
        self._taken = (*(name for name in self._taken if name != signal.name), signal.name)
        self._board.put(signals=self._taken)
        reason = f": {signal.reason}" if signal.reason else ""
        with self._store.atomic():
            self._store.journal.add("signal", self._board.status.job, f".{signal.name}{reason}")
        try:
            log.info("%s: %s", signal.path, self._act(REQUESTS[signal.name](signal.reason)))
        except NoSpace:
            raise
        except UserError as error:
            self._taken = tuple(name for name in self._taken if name != signal.name)
            self._changes.notice("warning", f"control/.{signal.name} changes nothing: {error.message}", error.hint)
        self._remove(signal)

    def _refuse(self, signal: Signal) -> None:
        where = self._put_aside(signal)
        text = f"control/.{signal.name} is refused, because {signal.problem}."
        self._changes.notice("warning", text, f"{where} `espalier {signal.name}` does the same.".lstrip())

    def _put_aside(self, signal: Signal) -> str:
        """Remove a link, whose target is never touched; keep anything else under another name."""
        if signal.path.is_symlink():
            self._remove(signal)
            return ""
        folder = self._home.refused_signals
        try:
            files.make_folder(folder)
            files.move(signal.path, free_place(folder, signal.name))
            return f"It lies in {folder} now."
        except (OSError, NoSpace) as error:
            self._leave(signal, error)
            return "It cannot be moved and is left alone until it changes."

    def _remove(self, signal: Signal) -> None:
        try:
            signal.path.unlink(missing_ok=True)
        except OSError as error:
            self._leave(signal, error)

    def _leave(self, signal: Signal, error: Exception) -> None:
        log.warning("%s cannot be removed and is left alone until it changes: %s", signal.path, error)
        self._done[signal.name] = signal.mark

    def _show(self) -> None:
        status = self._board.status
        self._taken = tuple(name for name in self._taken if _is_on_the_way(name, status))
        self._board.put(signals=self._taken)


def _is_on_the_way(name: str, status: Status) -> bool:
    return status.state in ON_THE_WAY[name] and (name != "resume" or status.paused_at is None)
