"""Commands from the host: a thread receives them, the training loop asks for them between optimizer steps."""

import queue
import threading
from typing import Protocol

from backend.protocol.engine import (
    CancelMerge,
    EngineCommand,
    EngineTask,
    Leave,
    Pause,
    Resume,
    Save,
    Skip,
    Stop,
    TakeSnapshot,
)

Wish = CancelMerge | Pause | Resume | Stop | Skip | Save | TakeSnapshot | Leave
"""What may be asked of a job in training."""
ENDING = (Stop, Skip, Leave)
"""Wishes that end the segment; of several the first of these holds, and the others have their turn in order."""


class Receiver(Protocol):
    def receive(self) -> EngineCommand: ...


class Gone(Leave, frozen=True, kw_only=True):
    """The host closed the connection, or died."""


class Control:
    """Wishes are kept apart from tasks, so that a task that comes too early waits its turn."""

    def __init__(self, host: Receiver) -> None:
        self._host = host
        self._arrived: queue.SimpleQueue[EngineCommand] = queue.SimpleQueue()
        self._tasks: list[EngineTask] = []
        self._wishes: list[Wish] = []
        threading.Thread(target=self._run, name="control", daemon=True).start()

    def put(self, command: EngineCommand) -> None:
        """As if the host had sent it; safe in a signal handler."""
        self._arrived.put(command)

    def next_task(self) -> EngineTask | Leave:
        """Wait for something to do. Wishes that found no job to hold are over, save the one to leave.

        Those that came behind a task are for its job, also where both lay here before this engine was up.
        """
        self._let_wishes_go()
        while True:
            for wish in self._wishes:
                if isinstance(wish, Leave):
                    self._wishes = []
                    return wish
            if self._tasks:
                return self._tasks.pop(0)
            self._wishes = []
            self._take(wait=True, idle=True)

    def wish(self) -> Wish | None:
        """The wish that holds now, if any. A wish to leave stays for `next_task` as well."""
        self._take(wait=False)
        return self._first()

    def wait_for_wish(self) -> Wish:
        """Like `wish`, but waits for one."""
        while (wish := self._first()) is None:
            self._take(wait=True)
        return wish

    def wants_out(self) -> bool:
        """Whether a wish that ends the segment waits; leaves it waiting."""
        self._take(wait=False)
        return any(isinstance(wish, ENDING) for wish in self._wishes)

    def wants_no_merge(self) -> bool:
        """Whether a merge under way is to be broken off; leaves a wish to leave waiting."""
        self._take(wait=False)
        return any(isinstance(wish, CancelMerge | Leave) for wish in self._wishes)

    def wants_hold(self) -> bool:
        """Like `wants_out`, but a pause counts too: whether training is to do no more work now."""
        self._take(wait=False)
        return any(isinstance(wish, (*ENDING, Pause)) for wish in self._wishes)

    def wanted_a_snapshot(self) -> bool:
        """Whether a wish for a snapshot waits; it is heeded by this."""
        self._take(wait=False)
        others: list[Wish] = [wish for wish in self._wishes if not isinstance(wish, TakeSnapshot)]
        found = len(others) < len(self._wishes)
        self._wishes = others
        return found

    def _first(self) -> Wish | None:
        for kind in ENDING:
            if found := [wish for wish in self._wishes if isinstance(wish, kind)]:
                self._wishes = [wish for wish in self._wishes if isinstance(wish, Leave)]
                return found[0]
        return self._wishes.pop(0) if self._wishes else None

    def _let_wishes_go(self) -> None:
        self._wishes = [wish for wish in self._wishes if isinstance(wish, Leave)]

    def _take(self, wait: bool, *, idle: bool = False) -> None:
        while True:
            try:
                command = self._arrived.get(block=wait)
            except queue.Empty:
                return
            wait = False
            if isinstance(command, EngineTask):
                if idle and not self._tasks:
                    self._let_wishes_go()
                self._tasks.append(command)
            else:
                self._wishes.append(command)

    def _run(self) -> None:
        try:
            while True:
                self._arrived.put(self._host.receive())
        except (EOFError, OSError):
            self._arrived.put(Gone())
