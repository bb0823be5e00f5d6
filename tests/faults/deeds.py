"""What is killed in the middle: each deed prepares a host, waits until it is watched, acts, and closes the host."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from backend.domain.job import JobState, Priority
from backend.protocol import host as p
from tests.fakes.hosting import Bench


class OpenHost(Protocol):
    """Makes the host; what it is told goes on to the Service."""

    def __call__(self, *, may_train: bool = True) -> Bench: ...


Watched = Callable[[], None]
"""Returns as soon as the tracer is in its place."""


@dataclass(frozen=True)
class Deed:
    """One operation. `do` runs in a process that may be killed at any point of it."""

    do: Callable[[OpenHost, Watched], None]
    children: tuple[str, ...] = ()
    """`engine` and `trial`, where they write or can die in it."""
    only_before_or_after: bool = True
    """False for training, which has a state after each checkpoint: there the verifier and what was told decide."""


def on_open_host(act: Callable[[Bench], None]) -> Callable[[OpenHost, Watched], None]:
    """A deed whose host is there already when it is watched."""

    def do(open_host: OpenHost, watched: Watched) -> None:
        bench = open_host(may_train=False)
        watched()
        act(bench)
        bench.host.close()

    return do


def training(act: Callable[[Bench], None]) -> Callable[[OpenHost, Watched], None]:
    def do(open_host: OpenHost, watched: Watched) -> None:
        bench = open_host()
        watched()
        act(bench)
        bench.host.close()

    return do


def start(open_host: OpenHost, watched: Watched) -> None:
    """The start of a host, with all that it recovers."""
    watched()
    bench = open_host(may_train=False)
    bench.host.close()


def daily(bench: Bench) -> None:
    bench.do(p.TakeDaily())
    bench.until_event(p.DailyTaken)


def undo(bench: Bench) -> None:
    bench.do(p.UndoTraining())


def enqueue(bench: Bench) -> None:
    bench.queue("another")


def reprioritise(bench: Bench) -> None:
    waiting = [job.id for job in bench.jobs() if job.state is JobState.QUEUED]
    bench.do(p.PlaceJobs(jobs=tuple(waiting), priority=Priority.HIGH))


def train(bench: Bench) -> None:
    bench.train()


DEEDS: dict[str, Deed] = {
    "start": Deed(start),
    "daily": Deed(on_open_host(daily)),
    "undo": Deed(on_open_host(undo)),
    "enqueue": Deed(on_open_host(enqueue)),
    "reprioritise": Deed(on_open_host(reprioritise)),
    "checkpoint": Deed(training(train), children=("engine",), only_before_or_after=False),
}
