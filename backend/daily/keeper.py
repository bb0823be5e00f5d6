"""Takes the daily snapshot in a thread of its own, records it once it is verified, and thins by the user's rule."""

import datetime
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from backend import files
from backend.daily import copy
from backend.daily.due import is_due, last_due
from backend.daily.rule import as_reply, going, staying
from backend.domain.daily import Daily
from backend.errors import Damaged, Refused, UserError, WrongUse
from backend.head.keeper import HeadKeeper
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.host import DailiesReply, DailyTaken, Notice
from backend.settings import DailySettings
from backend.store.dailies import Keeping
from backend.store.store import Store

log = logging.getLogger(__name__)
RETRY_SECONDS = 600.0
"""After a failure; the next try is made by itself."""
LOOK_SECONDS = 5.0


class DailyKeeper:
    """Requests and `tick` belong to the host's thread; copying never holds it up."""

    def __init__(
        self,
        home: Home,
        store: Store,
        keeper: HeadKeeper,
        outbox: Outbox,
        settings: Callable[[], DailySettings],
        now: Callable[[], datetime.datetime],
    ) -> None:
        self._home = home
        self._store = store
        self._keeper = keeper
        self._outbox = outbox
        self._settings = settings
        self._now = now
        self._thread: threading.Thread | None = None
        self._result: Daily | UserError | None = None
        self._cancel = threading.Event()
        self._look_at = 0.0
        self._passed = ""
        """The day of the last due time at which there was nothing new to copy."""
        for snapshot in store.dailies.all():
            if not (home.root / snapshot.path).exists():
                log.warning("The daily snapshot of %s is not in its place any more.", snapshot.day)
                store.dailies.mark(snapshot.sequence, Keeping.GONE)
        self._take_in_unrecorded()

    def all(self) -> DailiesReply:
        """Every snapshot that is there, and which of them the rule would let go."""
        snapshots = self._store.dailies.all()
        return as_reply(snapshots, staying(snapshots, *self._rule()))

    def take(self) -> str:
        """Begin today's; DailyTaken, or a notice of what failed, follows.

        Raises:
            Refused: today's is there, or there is nothing to copy.
            NoSpace: too little would stay free.
        """
        if self._thread is not None:
            return "The daily snapshot is being taken."
        day = self._now().date().isoformat()
        if any(one.day == day for one in self._store.dailies.all()):
            raise Refused(
                f"The snapshot of {day} lies in {self._home.daily(day)}; none is taken on top of another.",
                "`espalier daily list` shows them all.",
            )
        order = self._order(day)
        if order is None:
            raise Refused("Nothing has been trained yet, so there is nothing to copy.", "Train a file first.")
        files.require_space(self._home.root, copy.size_of(self._home, order))
        self._begin(order)
        return "Taking the daily snapshot."

    def thin(self, days: tuple[str, ...]) -> str:
        """Move these to the trash.

        Raises:
            WrongUse: the rule, or what is always kept, lets one of them stay; nothing was moved.
        """
        allowed = {one.day: one for one in self._going()}
        for day in days:
            if day not in allowed:
                raise WrongUse(
                    f"The snapshot of {day} stays by the rule.", "`espalier daily thin` shows what would go."
                )
        for day in days:
            self._to_trash(allowed[day])
        return f"Moved to {self._home.trash}: {', '.join(days)}." if days else "Nothing goes by the rule."

    def tick(self, *, may_begin: bool) -> None:
        """Record what was copied, and begin what is due."""
        if self._thread is not None:
            if not self._thread.is_alive():
                self._finish()
        elif may_begin and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_SECONDS
            self._begin_if_due()

    def close(self) -> None:
        """Break off what is being copied; nothing is left of it."""
        self._cancel.set()
        if self._thread is not None:
            self._thread.join()
            self._finish()

    def _begin_if_due(self) -> None:
        """A head that has not moved since the last snapshot needs no second copy of the same bytes."""
        now, settings, snapshots = self._now(), self._settings(), self._store.dailies.all()
        due = last_due(now, settings)
        if due == self._passed or not is_due(now, settings, {one.day for one in snapshots}):
            return
        order = self._order(now.date().isoformat())
        point = None if order is None else order.head.checkpoint
        if order is None or point is None or (snapshots and snapshots[-1].checkpoint == point.id):
            self._passed = due
        else:
            self._begin(order)

    def _order(self, day: str) -> copy.Order | None:
        head, base = self._keeper.head(), self._keeper.base()
        if head.checkpoint is None or base is None:
            return None
        return copy.Order(sequence=self._store.dailies.last_sequence() + 1, day=day, head=head, base=base)

    def _begin(self, order: copy.Order) -> None:
        self._thread = threading.Thread(target=self._copy, args=(order,), name="daily", daemon=True)
        self._thread.start()

    def _copy(self, order: copy.Order) -> None:
        try:
            self._result = copy.take(self._home, order, self._cancel.is_set)
        except UserError as error:
            self._result = error
        except OSError as error:  # pruned meanwhile, or a disk that fails: the next try takes the head as it then is
            self._result = UserError(f"The daily snapshot cannot be written: {error}.", "It is tried again later.")
        except Exception as error:
            log.exception("The daily snapshot failed.")
            self._result = UserError(f"The daily snapshot failed: {error!r}.", "The log has the details.")
        self._outbox.ring()

    def _finish(self) -> None:
        result, self._thread, self._result = self._result, None, None
        match result:
            case Daily():
                self._record(result)
            case copy.Interrupted():
                log.info("%s", result)
            case UserError():
                self._look_at = time.monotonic() + RETRY_SECONDS
                self._outbox.tell(Notice(level="error", text=result.message, hint=result.hint))

    def _record(self, snapshot: Daily) -> None:
        dailies = self._store.dailies
        away = dailies.away(snapshot)
        if away is None and dailies.known(snapshot.sequence):
            snapshot = msgspec.structs.replace(snapshot, sequence=dailies.last_sequence() + 1)
        with self._store.atomic():
            if away is None:
                dailies.add(snapshot)
            else:
                dailies.mark(away, Keeping.WHOLE)
            self._store.journal.add("daily", None, snapshot.day)
        self._outbox.tell(DailyTaken(path=str(self._home.root / snapshot.path)))
        if self._settings().thin:
            for one in self._going():
                self._to_trash(one)

    def _take_in_unrecorded(self) -> None:
        """A host that died between the folder and its row left a whole snapshot, or none."""
        recorded = {self._home.root / one.path for one in self._store.dailies.all()}
        for folder in sorted(set(self._home.snapshots.glob("[0-9]*")) - recorded):
            try:
                self._take_in(folder)
            except UserError as error:
                log.warning("%s stays where it is: %s", folder, error)

    def _take_in(self, folder: Path) -> None:
        try:
            self._record(copy.read(self._home, folder))
        except Damaged as error:
            log.warning("%s goes to the trash: %s", folder, error)
            copy.to_trash(self._home, folder)

    def _going(self) -> list[Daily]:
        return going(self._store.dailies.all(), *self._rule())

    def _rule(self) -> tuple[DailySettings, str, int | None]:
        point = self._keeper.head().checkpoint
        return self._settings(), self._now().date().isoformat(), point.id if point else None

    def _to_trash(self, snapshot: Daily) -> None:
        """The folder first: a row without its folder is noticed at the next start."""
        copy.to_trash(self._home, self._home.root / snapshot.path)
        with self._store.atomic():
            self._store.dailies.mark(snapshot.sequence, Keeping.TRASH)
            self._store.journal.add("daily to trash", None, snapshot.day)
        log.info("The daily snapshot of %s went to the trash, by the rule.", snapshot.day)
