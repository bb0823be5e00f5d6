"""The inbox's own thread: looks, waits for files to be whole, copies them in, and puts them away when told to."""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from backend.errors import NoSpace, UserError
from backend.inbox.look import Found, Mark, View, look
from backend.inbox.names import one_line, shown
from backend.inbox.news import Arrival, Gone, News, Present, PutAway, Refusal, Stuck, Trouble
from backend.inbox.patience import Patience
from backend.inbox.put_away import clear_leftovers, put_away
from backend.inbox.watch import Watch
from backend.paths import Home

log = logging.getLogger(__name__)
Item = TypeVar("Item")
LOOK_SECONDS = 5.0
"""Between two looks where nothing rings: a network drive may change without a word."""
SOON_SECONDS = 0.5
"""Between two looks while a file is waited for."""
GATHER_SECONDS = 0.25
"""News are handed over together, so that many files take few commits."""
TROUBLE_SECONDS = 60.0


class _Leaving(Exception):
    """The host is closing; a copy that was begun is given up."""


class Porter:
    """Touches no database. The host takes `news`, commits, and gives orders."""

    def __init__(self, home: Home, ring: Callable[[], object]) -> None:
        """Prepare the thread; `ring` is called in it when there are news."""
        self._home = home
        self._inbox = home.inbox
        self._ring = ring
        self._wake = threading.Event()
        self._leaving = threading.Event()
        self._patience = Patience()
        self._watch = Watch(self._wake.set)
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[PutAway] = queue.SimpleQueue()
        self._in_hand: set[Path] = set()
        """Decided here, and not yet moved by the host's order."""
        self._left_alone: dict[Path, Mark] = {}
        """Not tried again until they change."""
        self._unreadable: frozenset[Path] = frozenset()
        self._looked = False
        self._rung = 0.0
        self._rest_until = 0.0
        self._troubled = False
        self._thread = threading.Thread(target=self._work, name="inbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Carry out the orders that were given, and end."""
        self._leaving.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._watch.close()

    def news(self) -> list[News]:
        """Everything since the last call, for the host's thread."""
        return list(_taken(self._news))

    def order(self, order: PutAway) -> None:
        """Have a file moved, once its fate is stored."""
        self._orders.put(order)
        self._wake.set()

    @property
    def busy(self) -> bool:
        """Whether files are on their way into the queue at this moment."""
        if not self._looked or self._in_hand:
            return True
        return time.monotonic() >= self._rest_until and self._patience.fresh(time.monotonic())

    def _work(self) -> None:
        while not self._leaving.is_set():
            self._wake.clear()
            try:
                self._round()
            except _Leaving:
                break
            except Exception as error:
                log.exception("The inbox cannot be looked at.")
                self._rest(Trouble(message=f"The inbox cannot be looked at: {error!r}.", hint="The log says more."))
            self._ring()
            self._wake.wait(SOON_SECONDS if self._patience.waits else LOOK_SECONDS)
        self._carry_out()
        self._ring()

    def _round(self) -> None:
        self._carry_out()
        try:
            if not self._looked:
                clear_leftovers(self._home)
            for found in self._ready(look(self._inbox)):
                if time.monotonic() < self._rest_until:
                    break
                self._carry_out()
                self._receive(found)
        finally:
            self._looked = True

    def _ready(self, view: View) -> list[Found]:
        """What is whole and undecided; what the look tells besides is told."""
        self._watch.see(view.folders)
        self._tell_unreadable(frozenset(view.unreadable))
        marks = {found.relative: found.mark for found in view.files}
        if not self._looked and not view.unreadable:
            self._tell(Present(files=frozenset(marks)))
        if not view.unreadable:
            for relative in [each for each in self._left_alone if each not in marks]:
                del self._left_alone[relative]
                self._tell(Gone(relative=relative))
        undecided = [found for found in view.files if self._is_undecided(found)]
        return self._patience.ready(self._inbox, undecided, time.monotonic())

    def _is_undecided(self, found: Found) -> bool:
        return found.relative not in self._in_hand and self._left_alone.get(found.relative) != found.mark

    def _receive(self, found: Found) -> None:
        """Copy a file in, or find out why that cannot be; one that changed meanwhile is waited for again."""
        self._in_hand.add(found.relative)
        self._patience.forget(found.relative)
        self._left_alone.pop(found.relative, None)
        news = None
        try:
            news = self._judged(found)
            if Mark.of(self._inbox / found.relative) != found.mark:
                news = None
        finally:
            if news is None:
                self._in_hand.discard(found.relative)
        if news is not None:
            self._troubled = False
            self._tell(news)

    def _judged(self, found: Found) -> Arrival | Refusal | None:
        from backend.datasets.intake import take_in  # decodes rows: loaded in this thread, not at the host's start

        relative, mark = found.relative, found.mark
        try:
            dataset = take_in(self._home, self._inbox / relative, progress=self._go_on, follow=False)
        except NoSpace as error:
            self._rest(Trouble(message=f"{shown(relative)} is not taken in: {error.message}", hint=error.hint))
        except UserError as error:
            return Refusal(relative=relative, mark=mark, message=one_line(error.message), hint=one_line(error.hint))
        except OSError as error:
            why = one_line(str(error))
            self._rest(Trouble(message=f"{shown(relative)} is not taken in: {why}.", hint="It is tried again."))
        else:
            return Arrival(relative=relative, mark=mark, dataset=dataset)
        return None

    def _rest(self, trouble: Trouble) -> None:
        """What is wrong lies not in the file: nothing is taken in for a while. Told once, until it goes well again."""
        self._rest_until = time.monotonic() + TROUBLE_SECONDS
        if not self._troubled:
            self._tell(trouble)
        self._troubled = True

    def _go_on(self, _done: int, _total: int) -> None:
        if self._leaving.is_set():
            raise _Leaving

    def _carry_out(self) -> None:
        for order in _taken(self._orders):
            report = put_away(self._home, order)
            if isinstance(report, Stuck):
                self._left_alone[order.relative] = order.mark
            if report is not None:
                self._tell(report)
            self._in_hand.discard(order.relative)  # last, for whoever is not busy has nothing left to say

    def _tell_unreadable(self, folders: frozenset[Path]) -> None:
        """Each once, until it can be read again."""
        for folder in sorted(folders - self._unreadable):
            name = shown(folder.relative_to(self._inbox))
            self._tell(Trouble(message=f"The folder {name} cannot be read.", hint="Check its rights."))
        self._unreadable = folders

    def _tell(self, news: News) -> None:
        self._news.put(news)
        if time.monotonic() - self._rung >= GATHER_SECONDS:
            self._rung = time.monotonic()
            self._ring()


def _taken(waiting: "queue.SimpleQueue[Item]") -> list[Item]:
    items: list[Item] = []
    with contextlib.suppress(queue.Empty):
        while True:
            items.append(waiting.get_nowait())
    return items
