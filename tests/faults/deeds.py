"""What is killed in the middle: each deed prepares a host, waits until it is watched, acts, and closes the host."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from backend.domain.job import JobState, Priority
from backend.protocol import host as p
from backend.protocol import keeping as k
from tests.fakes.hosting import Bench
from tests.fakes.version_host import begun, ended

AT = 3
"""The step at which the scripted engine waits."""
LATER = 60
"""Days after which backups may go and versions are of an earlier day."""


class OpenHost(Protocol):
    """Makes the host; what it is told goes on to the Service."""

    def __call__(self, *, may_train: bool = True) -> Bench: ...


Watched = Callable[[], None]
"""Returns as soon as the tracer is in its place; what is done before it is no part of the deed."""


@dataclass(frozen=True)
class Deed:
    """One operation. `do` runs in a process that may be killed at any point of it."""

    do: Callable[[OpenHost, Watched], None]
    children: tuple[str, ...] = ()
    """`engine` and `trial`, in the order of their starts, where they write in it."""
    apart: tuple[str, ...] = ()
    """Parts of what a home holds that are done for themselves: they may be there although the rest was taken back."""
    days_later: int = 0
    """The host believes that so many days have passed."""
    only_before_or_after: bool = True
    """False for training, which has a state after each checkpoint: there the verifier and what was told decide."""
    settles: Callable[[Bench], bool] | None = None
    """What a new host, which may train, must come to before its home is looked at; None where its start is enough."""


def on_open_host(*acts: Callable[[Bench], object], may_train: bool = False) -> Callable[[OpenHost, Watched], None]:
    """A deed whose host is there already when it is watched; all acts but the last one come before that."""

    def do(open_host: OpenHost, watched: Watched) -> None:
        bench = open_host(may_train=may_train)
        for act in acts[:-1]:
            act(bench)
        watched()
        acts[-1](bench)
        bench.host.close()

    return do


def training(*acts: Callable[[Bench], object]) -> Deed:
    return Deed(on_open_host(*acts, may_train=True), children=("engine",), only_before_or_after=False)


def start(open_host: OpenHost, watched: Watched) -> None:
    """The start of a host, with all that it recovers."""
    watched()
    open_host(may_train=False).host.close()


def operation(request: p.Request) -> Callable[[Bench], object]:
    """A long operation to its end, however it ends."""
    return lambda bench: ended(bench, begun(bench, request))


def asked(request: p.Request) -> Callable[[Bench], object]:
    """A request that is done when it is answered."""
    return lambda bench: bench.do(request)


def daily(bench: Bench) -> None:
    bench.do(p.TakeDaily())
    bench.until_event(p.DailyTaken)


def enqueue(bench: Bench) -> None:
    bench.queue("another")


def reprioritise(bench: Bench) -> None:
    waiting = [job.id for job in bench.jobs() if job.state is JobState.QUEUED]
    bench.do(p.PlaceJobs(jobs=tuple(waiting), priority=Priority.HIGH))


def drop_into_inbox(bench: Bench) -> None:
    """As a user copies a file; the host looks after it has stopped growing."""
    (bench.home.inbox / "dropped.jsonl").write_bytes(b'{"text": "dropped"}\n')


def until_taken(bench: Bench) -> None:
    bench.until(lambda: is_taken(bench), "the import of the file")


def is_taken(bench: Bench) -> bool:
    """The one file of the inbox is queued and moved away."""
    names = [job.name for job in bench.jobs()]
    return "dropped.jsonl" in names and not (bench.home.inbox / "dropped.jsonl").exists()


def train(bench: Bench) -> None:
    bench.train()


def until_waiting(bench: Bench) -> None:
    """The scripted engine waits at this step for a wish."""
    bench.do(p.StartTraining())
    bench.until_step(AT)


def until_paused(bench: Bench) -> None:
    bench.do(p.PauseTraining())
    bench.until(lambda: JobState.PAUSED in bench.states().values(), "the pause")


def until_none_trains(bench: Bench) -> None:
    held = (JobState.RUNNING, JobState.PAUSED)
    bench.until(lambda: not any(job.state in held for job in bench.jobs()), "the end of the segment")


def stop(bench: Bench) -> None:
    bench.do(p.StopTraining())
    until_none_trains(bench)


def skip(bench: Bench) -> None:
    first = next(job.id for job in bench.jobs() if job.state is JobState.RUNNING)
    bench.do(p.SkipJob())
    bench.until(lambda: bench.job(first).state is JobState.SKIPPED, "the skip")


def resume(bench: Bench) -> None:
    bench.do(p.ResumeTraining())
    bench.until_event(p.QueueFinished)


def backups(bench: Bench) -> k.BackupsReply:
    reply = bench.ask(k.ListBackups())
    assert isinstance(reply, k.BackupsReply), reply
    return reply


def clean_up(bench: Bench) -> None:
    """All that the rule lets go now."""
    going = backups(bench).going
    assert going
    operation(k.CleanUpBackups(backups=going))(bench)


def restore_backup(bench: Bench) -> None:
    """The oldest one, which is of a head that was left behind."""
    operation(k.RestoreBackup(backup=backups(bench).backups[0].id))(bench)


def trashed(bench: Bench) -> str:
    """Name of the oldest thing in the trash."""
    reply = bench.ask(k.ListTrash())
    assert isinstance(reply, k.TrashReply), reply
    return reply.entries[0].name


def restore_trash(bench: Bench) -> None:
    reply = bench.ask(k.RestoreTrash(name=trashed(bench)))
    if isinstance(reply, k.OperationBegun):
        ended(bench, reply.operation)
    else:
        assert isinstance(reply, p.Done), reply


def empty_trash(bench: Bench) -> None:
    bench.do(k.EmptyTrash(names=(trashed(bench),)))


SECOND = ("second copies", "second folders")
"""Copies in the second location are made up later where they are not there."""
BACKUPS = ("backups", "backup folders", *SECOND)
DELETE = operation(k.DeleteVersion(version="v001", typed="v001", end_undo=True))
OLDER: dict[str, Deed] = {
    "start": Deed(start),
    "daily": Deed(on_open_host(daily)),
    "undo": Deed(on_open_host(asked(p.UndoTraining()))),
    "redo": Deed(on_open_host(asked(p.UndoTraining()), asked(p.RedoTraining()))),
    "enqueue": Deed(on_open_host(enqueue)),
    "reprioritise": Deed(on_open_host(reprioritise)),
    "import": Deed(on_open_host(drop_into_inbox, until_taken, may_train=True), settles=is_taken),
    "checkpoint": training(train),
    "pause": training(until_waiting, until_paused),
    "resume": training(until_waiting, until_paused, resume),
    "stop": training(until_waiting, stop),
    "skip": training(until_waiting, skip),
}
KEEPING: dict[str, Deed] = {
    "consolidate": Deed(on_open_host(operation(k.Consolidate())), children=("engine",), apart=BACKUPS),
    "restore": Deed(on_open_host(operation(k.RestoreVersion(version="v001")))),
    "delete": Deed(on_open_host(DELETE), apart=BACKUPS, days_later=LATER),
    "verify": Deed(on_open_host(operation(k.VerifyVersions()))),
    "tag": Deed(on_open_host(asked(k.TagVersion(version="v001", tags=("good",))))),
    "undo-consolidation": Deed(on_open_host(asked(p.UndoTraining()), asked(p.UndoTraining()))),
    "backup": Deed(on_open_host(operation(k.CreateBackup())), apart=SECOND),
    "verify-backups": Deed(on_open_host(operation(k.VerifyBackups())), apart=SECOND),
    "cleanup": Deed(on_open_host(clean_up), apart=SECOND, days_later=LATER),
    "restore-backup": Deed(on_open_host(restore_backup)),
    "trash-restore": Deed(on_open_host(DELETE, restore_trash), days_later=LATER),
    "trash-empty": Deed(on_open_host(DELETE, empty_trash), days_later=LATER),
}
DEEDS = OLDER | KEEPING
