"""The host of a home: builds the parts, routes requests to them, and lets time pass (architecture.md)."""

import collections
import contextlib
import logging
import time

from backend import settings as stored_settings
from backend.awake import Awake
from backend.cards.keeper import CardKeeper
from backend.clock import local_now
from backend.control.board import Board
from backend.control.signals import Signals
from backend.daily.keeper import DailyKeeper
from backend.domain.status import BUSY
from backend.errors import NoSpace, Refused, UserError
from backend.evolution.hearing import EvolutionHearing
from backend.evolution.requests import EvolutionRequests
from backend.head.adoption import Adoption
from backend.head.keeper import HeadKeeper
from backend.head.requests import HeadRequests
from backend.head.undoing import Undoing
from backend.inbox.inbox import Inbox
from backend.library.requests import ModelRequests
from backend.library.shelf import Shelf
from backend.locks import KernelLock
from backend.log import Log
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.evolution import EvolutionRequest
from backend.protocol.keeping import (
    KeepingQuestion,
    KeepingRequest,
)
from backend.queue.desk import Desk
from backend.queue.requests import QueueRequests
from backend.rebuilding.lost import require_database
from backend.recovery import Recovery
from backend.reserve import Reserve
from backend.safekeeping import Safekeeping
from backend.server import Server
from backend.store.store import Store
from backend.supervisor.engine import LEAVE_SECONDS, Engine
from backend.supervisor.launcher import Launcher, LocalLauncher
from backend.supervisor.link import Said
from backend.supervisor.restarts import Restarts
from backend.training.changes import Changes
from backend.training.ends import Ends
from backend.training.goal import Goal
from backend.training.hearing import Hearing
from backend.training.plan import Planner
from backend.training.showing import Showing
from backend.training.tasks import Tasks
from backend.training.trainer import Trainer

log = logging.getLogger(__name__)
CLOSE_WAIT = 0.2
NO_SPACE_WAIT = 10.0


class Service:
    """`Host` in this process. Not thread-safe: the thread that made it owns it."""

    is_local = True

    def __init__(
        self,
        home: Home,
        launcher: Launcher | None = None,
        *,
        lock: KernelLock | None = None,
        may_train: bool = True,
        awake: Awake | None = None,
    ) -> None:
        """Take the home and recover it; training that was under way when the last host died goes on by itself.

        Args:
            launcher: how engines are started; None starts the real one on this machine.
            lock: the home's host lock, held already; None takes it here.
            may_train: False for a program that changes something as host for a moment only.
            awake: what keeps the machine awake; None asks this desktop.

        Raises:
            Refused: another program is the host, or a newer Espalier wrote the database.
        """
        home.create()
        self.home = home
        self._lock = lock or KernelLock(home.host_lock)
        if not self._lock.held and not self._lock.try_acquire():
            raise Refused(f"Another program is the host of {home.root}.", "Use that one, or end it first.")
        self._may_train = may_train
        self._awake = awake or Awake()
        self._closing = False
        self._wait_for_space_until = 0.0
        self._unheard: collections.deque[Said] = collections.deque()
        with contextlib.ExitStack() as undo:
            undo.callback(self._lock.release)
            self._outbox = Outbox()
            self._log = Log(home, self._outbox.tell)
            undo.callback(self._log.close)
            require_database(home)
            self._store = Store.open(home)
            undo.callback(self._store.close)
            self._build(launcher or LocalLauncher(python=lambda: self._settings.engine.python))
            self._server = Server(home, self._outbox.ring)
            undo.pop_all()

    def _build(self, launcher: Launcher) -> None:
        home, store, outbox = self.home, self._store, self._outbox
        settings = stored_settings.load(home)
        self._settings = settings
        self._board = Board(home, outbox)
        self._desk = Desk(store, outbox)
        self._shelf = Shelf(home, store, outbox)
        self._keeper = HeadKeeper(home, store, outbox)
        self._cards = CardKeeper(home, store)
        self._engine = Engine(launcher, home, outbox.ring)
        goal = Goal(store)
        changes = Changes(store, outbox)
        planner = Planner(home, store, self._keeper, lambda text, hint, job: changes.notice("error", text, hint, job))
        adoption = Adoption(home, store, self._keeper)
        ends = Ends(store, changes, goal, planner, adoption, Restarts(), lambda: launcher.python)
        showing = Showing(store, self._engine, goal, self._board)
        self._trainer = Trainer(
            store, self._desk, self._engine, planner, changes, ends, goal, self._board, showing, outbox, settings
        )
        self._tasks = Tasks(self._engine, self._trainer, self._shelf, self._board, outbox, lambda: launcher.python)
        self._keeping = Safekeeping(
            home,
            store,
            outbox,
            self._keeper,
            self._trainer,
            self._tasks,
            self._board,
            lambda: self._settings,
            lambda: launcher.trial,
        )
        evolution = EvolutionHearing(home, store, changes, outbox)
        self._hearing = Hearing(
            store, self._trainer, self._tasks, ends, self._keeper, changes, self._board, evolution, outbox
        )
        self._ends = ends
        self._queue_requests = QueueRequests(
            store, outbox, self._desk, lambda: self._settings.job, lambda: self._trainer.held_job, self._trainer.show
        )
        undoing = Undoing(home, store, self._keeper, outbox, lambda: self._trainer.occupied)
        self._daily = DailyKeeper(home, store, self._keeper, outbox, lambda: self._settings.daily, local_now)
        self._head_requests = HeadRequests(undoing, self._daily, self._trainer.show)
        self._model_requests = ModelRequests(
            home, self._shelf, self._tasks, self._keeper, outbox, lambda: self._settings, self._keeping.versions
        )
        self._evolution_requests = EvolutionRequests(home, store, outbox)
        self._inbox = Inbox(home, store, self._desk, changes, outbox, lambda: self._settings.job, self._trainer.show)
        self._recovery = Recovery(home, store, adoption, self._keeper, changes, goal, evolution, self._keeping.recover)
        self._signals = Signals(home, store, changes, self._board, self._control)
        if self._may_train:
            self._signals.drop_stale()
        self._shelf.take_starter()
        self._recovery.tick()
        self._trainer.show()
        self._board.publish()

    @property
    def engine_pid(self) -> int | None:
        """Process id of the engine, while there is one."""
        return self._engine.pid

    def handle(self, request: p.Request) -> p.Reply:
        """Do what is asked, or begin it; the parts' UserErrors come back as Failure."""
        if self._closing:
            return p.Failure(
                message="The host is closing.",
                hint="Try again in a moment.",
                exit_status=Refused.exit_status,
                again=True,
            )
        try:
            return self._route(request)
        except UserError as error:
            return p.failure_of(error)
        finally:
            self._outbox.ring()

    def _route(self, request: p.Request) -> p.Reply:
        if isinstance(request, p.QueueRequest):
            return self._queue_requests.answer(request)
        if isinstance(request, p.UndoTraining | p.RedoTraining | p.UseModel):
            self._recovery.require_done()
            self._keeping.operations.require_head_free()
        if isinstance(request, KeepingRequest) and not isinstance(request, KeepingQuestion):
            self._recovery.require_done()  # which ends every operation that it finds in the journal
        if isinstance(request, p.HeadRequest):
            return self._head_requests.answer(request)
        if isinstance(request, p.ModelRequest):
            return self._model_requests.answer(request)
        if isinstance(request, EvolutionRequest):
            return self._evolution_requests.answer(request)
        if isinstance(request, KeepingRequest):
            return self._keeping.answer(request)
        if isinstance(request, p.ControlRequest):
            return p.Done(text=self._control(request))
        match request:
            case p.PutSetting(key=key, value=value):
                self._settings = self._trainer.settings = stored_settings.put(self.home, key, value)
                self._trainer.show()
                return p.Done(text=f"{key} is now {stored_settings.get(self._settings, key)}.")
            case p.ShowWindow(activation=activation):
                self._outbox.tell(p.WindowWanted(activation=activation))
                return p.Done(text="The window is called.")
            case p.GetSettings():
                return p.SettingsReply(settings=self._settings)
            case p.GetStatus():
                return p.StatusReply(status=self._board.status)
            case p.Follow():
                return p.Done(text="Following.")

    def _control(self, request: p.ControlRequest) -> str:
        match request:
            case p.StartTraining():
                return self._start("")
            case p.ResumeTraining(reason=reason):
                return self._start(reason)
            case p.PauseTraining(reason=reason):
                return self._trainer.pause(reason)
            case p.StopTraining(reason=reason):
                return self._trainer.stop(reason)
            case p.SkipJob(reason=reason):
                return self._trainer.skip(reason)
            case p.SaveNow(reason=reason):
                return self._trainer.save(reason)
            case p.SnapshotNow(reason=reason):
                return self._trainer.snapshot(reason)

    def _start(self, reason: str) -> str:
        if not self._may_train:
            raise Refused("This program is the host for a moment only.", "Try again in a moment.")
        return self._trainer.start(reason)

    def pump(self) -> list[p.HostEvent]:
        """Take in what engine and clients said, begin what is next, and return what is true now."""
        self._outbox.quiet()
        self.serve()
        self._hear()
        if time.monotonic() >= self._wait_for_space_until:
            try:
                self._let_time_pass()
            except NoSpace as error:
                self._tell_no_space(error)
        self._engine.tick()
        self._keep_awake()
        events = self._outbox.drain()
        self._server.broadcast(events)
        return events

    def wait(self, seconds: float) -> None:
        self._outbox.wait(seconds)

    def close(self) -> None:
        """Save and end the engine, request before force, then let the home go. A second call does nothing."""
        if self._closing:
            return
        self.serve()
        try:
            self._trainer.leave()
        except NoSpace as error:  # the engine saves and leaves all the same, and the next host recovers
            log.error("%s", error)
        self._keeping.operations.close()
        self._closing = True
        self._engine.leave()
        deadline = time.monotonic() + 3 * LEAVE_SECONDS
        while self._engine.alive and time.monotonic() < deadline:
            self.pump()
            self.wait(CLOSE_WAIT)
        self._keeping.operations.close()
        self._inbox.close()
        self._awake.close()
        self._daily.close()
        self._keeping.trash.close()
        self._trainer.show()
        self._board.publish()
        self._server.close()
        self._cards.close()
        self._store.close()
        self._log.close()
        self._lock.release()

    def serve(self) -> None:
        """Answer what clients asked."""
        for client, request in self._server.requests():
            if isinstance(request, p.Follow):
                client.follows = True
            client.send(self.handle(request))

    def _hear(self) -> None:
        """Facts that a full disk cannot take wait in their order until there is room."""
        self._ends.watch_memory()
        self._unheard.extend(self._engine.take())
        while self._unheard and time.monotonic() >= self._wait_for_space_until:
            try:
                self._take(self._unheard[0])
                self._unheard.popleft()
            except NoSpace as error:
                self._tell_no_space(error)

    def _take(self, event: Said) -> None:
        """What the engine said is a fact already: on a full disk the reserve makes room to store it."""
        try:
            self._hearing.take(event)
        except NoSpace:
            if not Reserve(self.home.space_reserve).release():
                raise
            self._hearing.take(event)

    def _let_time_pass(self) -> None:
        """Begin what facts allow."""
        self._keeper.catch_up()
        if self._may_train and not self._closing:
            self._signals.tick()
            self._inbox.tick()
        if self._recovery.tick() and not self._closing:
            self._keeping.operations.tick()
            if self._may_train:
                self._keeping.emergency.tick()
            self._tasks.tick()
            if self._may_train and self._head_is_free() and not self._awaits_inbox():
                self._trainer.tick()
        elif not self._recovery.done:
            self._board.put(activity="waiting for the engine of an earlier host to save and leave")
        if self._recovery.done:
            self._daily.tick(may_begin=self._may_train and not self._closing)
            self._cards.tick()
            if not self._closing:
                self._keeping.trash.tick()
        idle = self._trainer.held is None and self._head_is_free()
        self._engine.rest(idle, self._settings.engine.release_after_minutes * 60)
        self._board.beat()

    def _head_is_free(self) -> bool:
        """Whether the engine has nothing else to do, and nothing else may move the head."""
        return not self._tasks.pending and not self._keeping.operations.holds_head

    def _awaits_inbox(self) -> bool:
        """The queue is not finished while files are on their way into it."""
        return self._trainer.held is None and self._inbox.busy and self._desk.next() is None

    def _keep_awake(self) -> None:
        busy = self._may_train and self._board.status.state in BUSY
        self._awake.follow(busy and self._settings.power.keep_awake)

    def _tell_no_space(self, error: NoSpace) -> None:
        """The host lives on without space; it tries again after a while."""
        log.error("%s", error)
        self._wait_for_space_until = time.monotonic() + NO_SPACE_WAIT
        self._outbox.tell(p.Notice(level="error", text=error.message, hint=error.hint))
