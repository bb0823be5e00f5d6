"""What a home holds, read without a host and without changing anything."""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from backend import settings
from backend.backup.retention import answer_backups
from backend.backup.taking import BackupTaking
from backend.clock import today
from backend.daily.rule import as_reply, staying
from backend.domain.entry import Entry
from backend.domain.head import Base, Head
from backend.domain.job import Job
from backend.domain.move import Move
from backend.domain.operation import OperationState
from backend.domain.status import HostState, Status
from backend.errors import ExitStatus, UserError, WrongUse
from backend.evolution import pins
from backend.evolution.replies import EvolutionReplies
from backend.evolution.requests import answer_question
from backend.library.shelf import usable
from backend.locks import is_held
from backend.operations.requests import answer_operations
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.evolution import (
    EvolutionQuestion,
    EvolutionReply,
    GetAnswers,
    GetRun,
    GetSnapshot,
    ListPins,
    ListRuns,
    PinsReply,
    RunsReply,
)
from backend.protocol.host import (
    DailiesReply,
    Failure,
    GetDailies,
    GetHead,
    GetHeadHistory,
    GetHistory,
    GetSettings,
    GetStatus,
    HeadHistoryReply,
    HeadReply,
    HistoryReply,
    HostEvent,
    JobsReply,
    ListJobs,
    ListModels,
    ModelsReply,
    Reply,
    Request,
    SettingsReply,
    StatusReply,
    failure_of,
)
from backend.protocol.keeping import (
    BackupsReply,
    CompareVersions,
    GetConsolidation,
    GetDeletion,
    GetOperations,
    ListBackups,
    ListTrash,
    ListVersions,
    OperationsReply,
    VersionsReply,
)
from backend.queue.order import in_order
from backend.rebuilding.lost import require_database
from backend.store.journal import Fact
from backend.store.store import Store
from backend.trash.requests import answer_trash
from backend.versions.requests import VersionQuestion, answer_version_question

CUT_OFF = "The program ended in the middle of it; the next one finishes it or takes it back."


def read_status(home: Home) -> Status:
    """What the host says of itself while it lives; else what the database says of the queue."""
    if is_held(home.host_lock):
        with contextlib.suppress(FileNotFoundError):
            return status_from(home.state.read_bytes())
    with _reading(home) as store:
        if store is None:
            return Status()
        held_at = store.facts.get(Fact.HELD_AT)
        job = store.jobs.holder() or store.jobs.stopped()
        status = Status(
            state=HostState.PAUSED if held_at else HostState.STOPPED if job else HostState.IDLE,
            paused_at=held_at,
            reason=store.facts.get(Fact.HELD_REASON) or None,
            waiting=store.jobs.waiting_count(),
        )
        if job is None:
            return status
        return msgspec.structs.replace(
            status,
            job=job.id,
            current_file=job.name,
            step=job.step,
            total_steps=job.total_steps or None,
            loss=job.loss,
            checkpoint_step=job.step or None,
        )


def status_from(content: bytes) -> Status:
    """The status that state.json shows."""
    fields: dict[str, Any] = msgspec.json.decode(content, type=dict[str, Any])
    fields["state"] = fields.pop("status")
    return msgspec.convert(fields, Status)


def read_jobs(home: Home) -> tuple[Job, ...]:
    """In training order; ended ones follow, newest first."""
    with _reading(home) as store:
        return () if store is None else (*in_order(store.jobs.live()), *store.jobs.ended())


def read_head(home: Home) -> tuple[Head, Base | None]:
    """The head and its base."""
    with _reading(home) as store:
        if store is None:
            return Head(), None
        head = store.head.get()
        return head, store.bases.find(head.base) if head.base else None


def read_models(home: Home) -> tuple[Base, ...]:
    """The base models in the library."""
    with _reading(home) as store:
        return () if store is None else usable(store)


def read_these(home: Home, numbers: Iterable[int]) -> tuple[Job, ...]:
    """Jobs by number, removed ones too. Raises WrongUse when one of them is not known."""
    with _reading(home) as store:
        if store is None:
            raise WrongUse("There is no job yet.", "`espalier queue add FILE` queues one.")
        return tuple(store.jobs.get(number) for number in numbers)


def read_history(home: Home, asked: GetHistory) -> tuple[Entry, ...]:
    """The newest entries of the audit trail, oldest first. Raises WrongUse when there is no such job."""
    with _reading(home) as store:
        if store is None:
            return ()
        if asked.job is not None:
            store.jobs.get(asked.job)
        return tuple(store.journal.latest(asked.last, asked.job, asked.after, asked.before))


def read_moves(home: Home) -> tuple[Move, ...]:
    """Every move of the head, oldest first."""
    with _reading(home) as store:
        return () if store is None else tuple(store.head.moves())[::-1]


def read_dailies(home: Home) -> DailiesReply:
    """The daily snapshots, and what thinning would let go."""
    with _reading(home) as store:
        if store is None:
            return DailiesReply(snapshots=(), going=())
        snapshots, point = store.dailies.all(), store.head.get().checkpoint
    return as_reply(snapshots, staying(snapshots, settings.load(home).daily, today(), point.id if point else None))


def read_evolution(home: Home, question: EvolutionQuestion) -> EvolutionReply:
    """What is known of runs, examples and pins. Raises UserError."""
    if isinstance(question, ListPins):
        return PinsReply(pins=pins.load(home.pins))
    with _reading(home) as store:
        if store is not None and store.evolution.is_there:
            return answer_question(EvolutionReplies(home, store.evolution), question)
    if isinstance(question, ListRuns):
        return RunsReply(runs=())
    raise WrongUse(f"There is no run {question.run}.", "Train a file first.")


def read_operations(home: Home, last: int) -> OperationsReply:
    """The journal of long operations, newest first; where no host carries it out, one without an end was cut off."""
    with _reading(home) as store:
        reply = OperationsReply(operations=()) if store is None else answer_operations(store, last)
    if is_held(home.host_lock):
        return reply
    cut_off = [
        msgspec.structs.replace(one, text=CUT_OFF) if one.state is OperationState.RUNNING else one
        for one in reply.operations
    ]
    return OperationsReply(operations=tuple(cut_off))


def read_backups(home: Home) -> BackupsReply:
    """All backups, and what cleaning up would let go."""
    chosen = settings.load(home).backup
    with _reading(home) as store:
        if store is None:
            return BackupsReply(backups=(), going=(), second_location=chosen.second_location)
        return answer_backups(home, store, chosen)


def read_versions(home: Home, question: VersionQuestion) -> Reply:
    """What is known of versions. Raises UserError."""
    with _reading(home) as store:
        if store is None:
            if isinstance(question, ListVersions):
                return VersionsReply(versions=(), latest=None, head=None)
            raise WrongUse("There is no version yet.", "Train a file first.")
        taking = BackupTaking(home, store, Outbox(), lambda: settings.load(home).backup, tuple)
        return answer_version_question(home, store, taking.bytes_of, question)


class Reader:
    """`Host` for questions alone, where no host runs."""

    is_local = False

    def __init__(self, home: Home) -> None:
        self._home = home

    def handle(self, request: Request) -> Reply:
        return _answer(lambda: self._reply(request))

    def _reply(self, request: Request) -> Reply:
        """Raises UserError, also where the database is lost and nothing of what was trained can be told."""
        match request:
            case GetStatus():
                return StatusReply(status=read_status(self._home))
            case ListJobs(first=first):
                jobs = read_jobs(self._home)
                return JobsReply(jobs=jobs if first is None else tuple(in_order(jobs)[:first]))
            case GetHistory():
                return HistoryReply(entries=read_history(self._home, request))
            case GetSettings():
                return SettingsReply(settings=settings.load(self._home))
            case GetHead():
                head, base = read_head(self._home)
                return HeadReply(head=head, base=base)
            case GetHeadHistory():
                return HeadHistoryReply(moves=read_moves(self._home))
            case GetDailies():
                return read_dailies(self._home)
            case ListBackups():
                return read_backups(self._home)
            case ListTrash():
                return answer_trash(self._home)
            case GetOperations(last=last):
                return read_operations(self._home, last)
            case ListVersions() | CompareVersions() | GetConsolidation() | GetDeletion():
                return read_versions(self._home, request)
            case ListModels():
                return ModelsReply(models=read_models(self._home))
            case ListRuns() | GetRun() | GetAnswers() | GetSnapshot() | ListPins():
                return read_evolution(self._home, request)
            case _:
                return Failure(message="This program only reads.", exit_status=int(ExitStatus.WRONG_USE))

    def pump(self) -> list[HostEvent]:
        return []

    def serve(self) -> None:
        return None

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        return None


def _answer(read: Callable[[], Reply]) -> Reply:
    try:
        return read()
    except UserError as error:
        return failure_of(error)


@contextlib.contextmanager
def _reading(home: Home) -> Iterator[Store | None]:
    if not home.database.exists():
        require_database(home)
        yield None
        return
    store = Store.open_for_reading(home)
    try:
        yield store
    finally:
        store.close()
