"""The queue with very many files whose content is stored already: queueing, claiming, moving, listing, starting.

python -m tests.benchmarks.queue [--jobs N], on the disk of the temporary folder ($TMPDIR chooses another). Files are
neither made nor copied: only what the host does with rows is measured. Short times are the median of five rounds.
"""

import argparse
import functools
import hashlib
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from backend.domain.dataset import Dataset, Report
from backend.domain.job import Priority
from backend.opening import open_for_reading
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol import host as p
from backend.queue.desk import Desk
from backend.service import Service
from backend.store.store import Store

ROUNDS = 5
BATCH = 500
"""As the command line queues."""


def main() -> None:
    options = arguments()
    console = Console()
    console.print(
        f"{platform.platform()}, {psutil.cpu_count(logical=False)} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        console.print(table(options.jobs, measured(home, options.jobs)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The queue with very many files.")
    parser.add_argument("--jobs", type=int, default=100_000)
    return parser.parse_args()


def measured(home: Home, jobs: int) -> list[tuple[str, float, str]]:
    """Each measurement: what, seconds, and the goal where there is one."""
    found: list[tuple[str, float, str]] = []
    host = Service(home, may_train=False)
    items = [item(number) for number in range(jobs)]
    found.append((f"queue {jobs:,} files, one request", seconds(lambda: done(host, items)), "5 s"))
    found.append(("  and tell a window of all of them", seconds(host.pump), ""))
    more = [item(number) for number in range(jobs, jobs + jobs // 10)]
    batches = [more[start : start + BATCH] for start in range(0, len(more), BATCH)]
    found.append((f"queue {len(more):,} more, {BATCH} a request", seconds(lambda: in_batches(host, batches)), ""))
    found.append(("queue one more", median(lambda n: done(host, [item(10 * jobs + n)])), ""))
    same = items[:BATCH]
    found.append((f"notice {BATCH} that wait already", median(lambda n: done(host, same)), ""))
    numbers = list(range(jobs - 50, jobs))
    top = median(lambda n: moved(host, numbers[n : n + 1], p.Direction.TOP))
    found.append(("move one to the top", top, ""))
    found.append(("move fifty up", median(lambda n: moved(host, numbers, p.Direction.UP)), ""))
    found.append(("put one between two others", median(lambda n: placed(host, numbers[n], jobs // 2)), ""))
    found.append(("set the level of one", median(lambda n: placed(host, numbers[n], None)), ""))
    found.append(("history, newest 200", median(lambda n: host.handle(p.GetHistory())), ""))
    found.append(("list all", seconds(lambda: host.handle(p.ListJobs())), ""))
    host.close()
    store = Store.open(home)
    desk = Desk(store, Outbox())
    found.append(("claim: whose turn it is", median(lambda n: desk.next()), "5 ms"))
    store.close()
    found.append(("start a host", median(lambda n: started(home), extra=closed), "3 s"))
    reader = open_for_reading(home)
    found.append(("list all without a host", seconds(lambda: reader.handle(p.ListJobs())), ""))
    reader.close()
    return found


def item(number: int) -> p.Enqueue:
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    report = Report(rows=100, refused=0, formats={"messages": 100})
    dataset = Dataset(sha256=sha256, name=f"conversations-{number:06}.jsonl", bytes=50_000, report=report)
    return p.Enqueue(dataset=dataset, priority=Priority(number % 3))


def done(host: Service, items: Sequence[p.Enqueue]) -> None:
    reply = host.handle(p.EnqueueMany(items=tuple(items)))
    assert isinstance(reply, p.QueuedMany), reply


def in_batches(host: Service, batches: Sequence[Sequence[p.Enqueue]]) -> None:
    for batch in batches:
        done(host, batch)


def moved(host: Service, numbers: Sequence[int], direction: p.Direction) -> None:
    reply = host.handle(p.MoveJobs(jobs=tuple(numbers), direction=direction))
    assert isinstance(reply, p.Done), reply


def placed(host: Service, number: int, before: int | None) -> None:
    priority = Priority.HIGH if before is None else Priority((before - 1) % 3)
    reply = host.handle(p.PlaceJobs(jobs=(number,), priority=priority, before=before))
    assert isinstance(reply, p.Done), reply


HOSTS: list[Service] = []


def started(home: Home) -> None:
    HOSTS.append(Service(home, may_train=False))


def closed() -> None:
    HOSTS.pop().close()


def seconds(act: Callable[[], object]) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def median(act: Callable[[int], object], extra: Callable[[], object] = lambda: None) -> float:
    """Of several rounds, which are numbered; `extra` is done after each and not counted."""
    took = []
    for number in range(ROUNDS):
        took.append(seconds(functools.partial(act, number)))
        extra()
    return statistics.median(took)


def table(jobs: int, found: Sequence[tuple[str, float, str]]) -> Table:
    shown = Table("what", "time", "goal", title=f"{jobs:,} files in the queue")
    for what, took, goal in found:
        shown.add_row(what, f"{took:.2f} s" if took >= 1 else f"{1000 * took:.2f} ms", goal)
    return shown


if __name__ == "__main__":
    main()
