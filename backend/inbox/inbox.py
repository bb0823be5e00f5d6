"""The host's side of the inbox: queues what was copied in, stores each fate, and only then has the file moved."""

import logging
from collections.abc import Callable, Iterable, Sequence

from backend import files
from backend.domain.job import Job, JobSettings
from backend.errors import NoSpace, Refused
from backend.inbox.names import level_of, shown, spelled
from backend.inbox.news import Arrival, Decided, Gone, Moved, News, Present, PutAway, Refusal, Report, Stuck, Trouble
from backend.inbox.porter import Porter
from backend.inbox.readme import TEXT
from backend.inbox.unmoved import Unmoved
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.host import Enqueue, Notice
from backend.queue.desk import Desk
from backend.store.store import Store
from backend.training.changes import Changes

log = logging.getLogger(__name__)
BATCH = 500
"""So many files a transaction."""


class Inbox:
    """`tick` belongs to the host's thread and never waits; reading and moving are done in another."""

    def __init__(
        self,
        home: Home,
        store: Store,
        desk: Desk,
        changes: Changes,
        outbox: Outbox,
        defaults: Callable[[], JobSettings],
        show: Callable[[], None],
    ) -> None:
        """Put the parts together; nothing is looked at before the first `tick`.

        Args:
            defaults: gives the settings of new jobs.
            show: puts what waits on the board.
        """
        self._home = home
        self._store = store
        self._desk = desk
        self._changes = changes
        self._outbox = outbox
        self._defaults = defaults
        self._show = show
        self._unmoved = Unmoved(store)
        self._porter = Porter(home, outbox.ring)
        self._started = False
        self._decided: list[Decided] = []
        """Not yet committed."""

    @property
    def busy(self) -> bool:
        """Whether files are on their way into the queue at this moment."""
        return bool(self._decided) or self._porter.busy

    def tick(self) -> None:
        """Queue what is ready and note what was moved.

        Raises:
            NoSpace: the database cannot grow; the files stay where they are until it can.
        """
        if not self._started:
            self._started = True
            self._write_readme()
            self._porter.start()
        self._take(self._porter.news())
        while self._decided:
            for order in self._commit(self._decided[:BATCH]):
                self._porter.order(order)
            del self._decided[:BATCH]

    def close(self) -> None:
        """Move what is queued; the rest stays for the next host."""
        if not self._started:
            return
        self._porter.close()
        try:
            self._take(self._porter.news())
        except NoSpace as error:
            log.warning("What the inbox moved is noted at the next start: %s", error)

    def _take(self, news: Iterable[News]) -> None:
        for each in news:
            if isinstance(each, Decided):
                self._decided.append(each)
            else:
                self._note(each)

    def _commit(self, decided: Sequence[Decided]) -> list[PutAway]:
        """One transaction: the rows, and that their files may still lie in the inbox."""
        queued = self._unmoved.by_file()
        orders: list[PutAway] = []
        arrivals: list[Arrival] = []
        refusals: list[Refusal] = []
        for each in decided:
            if isinstance(each, Refusal):
                refusals.append(each)
            elif (job := queued.get(_file(each))) is not None:
                orders.append(PutAway(relative=each.relative, mark=each.mark, job=job))
            else:
                arrivals.append(each)
        requests = [_request(each) for each in arrivals]
        outcomes = self._desk.enqueue_all(
            requests, self._defaults(), lambda outcomes: self._store_fates(arrivals, outcomes, refusals)
        )
        self._show()
        orders += [_order(each, outcome) for each, outcome in zip(arrivals, outcomes, strict=True)]
        return orders + [_refused(each) for each in refusals]

    def _store_fates(
        self, arrivals: Sequence[Arrival], outcomes: Sequence[Job | Refused], refusals: Sequence[Refusal]
    ) -> None:
        taken = [
            (each.relative, each.dataset.sha256, outcome.id, each.mark.inode)
            for each, outcome in zip(arrivals, outcomes, strict=True)
            if isinstance(outcome, Job)
        ]
        if taken:
            self._unmoved.add(taken)
        twins = [
            _twin(each, outcome)
            for each, outcome in zip(arrivals, outcomes, strict=True)
            if isinstance(outcome, Refused)
        ]
        for refusal in (*twins, *refusals):
            reason = f"{shown(refusal.relative)}: {refusal.message} {refusal.hint}".strip()
            self._store.journal.add("refused", None, reason)

    def _note(self, report: Report) -> None:
        match report:
            case Moved(order=order, to=to):
                self._forget(lambda: self._unmoved.drop([order.relative]))
                self._tell_moved(order, shown(to))
            case Gone(relative=relative):
                self._forget(lambda: self._unmoved.drop([relative]))
            case Present(files=present):
                self._forget(lambda: self._unmoved.drop_all_but(present))
            case Stuck(order=order, why=why):
                self._tell_stuck(order, why)
            case Trouble(message=message, hint=hint):
                self._changes.notice("warning", message, hint)

    def _forget(self, change: Callable[[], None]) -> None:
        with self._store.atomic():
            change()

    def _tell_moved(self, order: PutAway, to: str) -> None:
        if order.refusal is None:
            log.info("%s is job %s and lies in %s now.", shown(order.relative), order.job, to)
            return
        hint = f"{order.refusal.hint} It lies in {to} now.".lstrip()
        self._outbox.tell(Notice(level="warning", text=order.refusal.message, hint=hint))

    def _tell_stuck(self, order: PutAway, why: str) -> None:
        stays = f"It cannot be moved out of the inbox ({why}) and is left alone until it changes."
        if order.refusal is None:
            text = f"{shown(order.relative)} is queued as job {order.job}. {stays}"
            self._changes.notice("warning", text, "Move it away; it is not queued twice.", order.job)
        else:
            self._changes.notice("warning", order.refusal.message, f"{order.refusal.hint} {stays}".lstrip())

    def _write_readme(self) -> None:
        place = self._home.inbox_readme
        try:
            if not place.exists():
                files.write(place, TEXT.encode())
        except (OSError, NoSpace) as error:
            log.warning("%s cannot be written: %s", place, error)


def _file(arrival: Arrival) -> tuple[str, str, int]:
    return spelled(arrival.relative), arrival.dataset.sha256, arrival.mark.inode


def _request(arrival: Arrival) -> Enqueue:
    return Enqueue(dataset=arrival.dataset, priority=level_of(arrival.relative), origin=shown(arrival.relative))


def _order(arrival: Arrival, outcome: Job | Refused) -> PutAway:
    if isinstance(outcome, Refused):
        return _refused(_twin(arrival, outcome))
    return PutAway(relative=arrival.relative, mark=arrival.mark, job=outcome.id)


def _refused(refusal: Refusal) -> PutAway:
    return PutAway(relative=refusal.relative, mark=refusal.mark, refusal=refusal)


def _twin(arrival: Arrival, refused: Refused) -> Refusal:
    """The same content waits already."""
    return Refusal(
        relative=arrival.relative,
        mark=arrival.mark,
        message=refused.message,
        hint="If it shall be trained twice, `espalier queue add --again` queues it.",
    )
