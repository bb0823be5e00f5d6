"""Consolidates on a small file system with less and less room, and says as JSON what came of each try.

`... DISK BASE COUNT`: the mounted folder, a `Base` as JSON, a number of tries. `... engine DISK` is the real engine of
such a host. Both keep no space free: the disk is smaller than what is kept free otherwise. In every second try
nobody looks at the room beforehand, as if others took it just after that: so that each stage meets the full disk.
"""

import os
import runpy
import shutil
import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from backend import files, service
from backend.datasets.intake import take_in
from backend.domain.head import Base
from backend.domain.job import JobSettings
from backend.domain.operation import Operation, OperationState
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from backend.protocol.keeping import OperationChanged
from backend.store.store import Store
from backend.supervisor.launcher import LocalLauncher
from tests.fakes import scripted_trial
from tests.fakes.hosting import Bench
from tests.faults.verifier import faults

SETTINGS = JobSettings(rows_per_step=4, max_length=128, learning_rate=2e-3, evolution_examples=1, heldout_most=2)
ROW = '{{"messages": [{{"role": "user", "content": "{0}?"}}, {{"role": "assistant", "content": "{0}."}}]}}\n'
SHORT = ("are needed", "ran full", "takes")
"""What a message about room says."""


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One consolidation with so many bytes free."""

    free: int
    looked: bool
    """Whether the room was looked at beforehand."""
    state: str
    text: str
    step: str
    """What it did last."""
    exit_status: int
    head_stayed: bool
    names_bytes: bool
    wrong: list[str]
    """What the verifier found afterwards."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, and what a last one with all the room came to."""

    needed: int
    tries: list[Try]
    last: str


class Disk:
    """The file system, with a file that takes its room."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._filler = folder / "filler"

    def leave(self, free: int) -> None:
        """Take all but so many bytes."""
        self.empty()
        taken = shutil.disk_usage(self._folder).free - free
        with self._filler.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, max(1, taken))

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)


def keep_none_free() -> None:
    files.RESERVE_BYTES = 0
    files.RESERVE_SHARE = 0.0


def engine() -> None:
    """The real engine."""
    keep_none_free()
    look, mark = files.require_space, unlooked(Path(sys.argv[2]))

    def look_if_wanted(folder: Path, new_bytes: int, *, emergency: bool = False) -> None:
        if not mark.exists():
            look(folder, new_bytes, emergency=emergency)

    files.require_space = look_if_wanted
    sys.argv = ["engine"]
    runpy.run_module("backend.engine", run_name="__main__")


def unlooked(disk: Path) -> Path:
    """Lies there while nobody is to look at the room."""
    return disk / "unlooked"


def prepare(home: Home, base: Base) -> Bench:
    """A trained head."""
    home.create()
    store = Store.open(home)
    store.bases.put(base)
    store.close()
    mark = home.root.parent
    launcher = LocalLauncher((sys.executable, __file__, "engine", str(mark)), scripted_trial.command())
    bench = Bench(service.Service(home, launcher), home)
    bench.do(p.UseModel(slug=base.slug))
    bench.do(p.PutSetting(key="daily.enabled", value="false"))
    rows = home.root.parent / "rows.jsonl"
    rows.write_text("".join(ROW.format(n) for n in range(24)))
    reply = bench.ask(p.Enqueue(dataset=take_in(home, rows), settings=SETTINGS))
    assert isinstance(reply, p.Queued), reply
    bench.train()
    assert bench.head().checkpoint is not None, bench.notices()
    return bench


def consolidate(bench: Bench, disk: Disk) -> Operation | p.Failure:
    """To its end. Where there is no room to write down how it ended, room is made as a user would make it."""
    reply = bench.ask(k.Consolidate())
    if isinstance(reply, p.Failure):
        return reply
    assert isinstance(reply, k.OperationBegun), reply
    seen = len(bench.events)

    def ended() -> list[Operation]:
        told = [event.operation for event in bench.events[seen:] if isinstance(event, OperationChanged)]
        return [one for one in told if one.state is not OperationState.RUNNING]

    def stuck() -> bool:
        return any(isinstance(event, p.Notice) and "ran full" in event.text for event in bench.events[seen:])

    bench.until(lambda: bool(ended()) or stuck(), "the end of the consolidation")
    disk.empty()
    bench.until(lambda: bool(ended()), "the end of the consolidation")
    steps = [event.operation.step for event in bench.events[seen:] if isinstance(event, OperationChanged)]
    return msgspec.structs.replace(ended()[0], step=[step for step in steps if step][-1] if any(steps) else "")


def attempt(bench: Bench, disk: Disk, free: int, *, looked: bool) -> Try:
    mark, look = unlooked(bench.home.root.parent), files.require_space
    before = bench.head()
    if not looked:
        mark.touch()
        files.require_space = lambda *_, **__: None
    disk.leave(free)
    try:
        over = consolidate(bench, disk)
    finally:
        disk.empty()
        mark.unlink(missing_ok=True)
        files.require_space = look
    done = isinstance(over, Operation) and over.state is OperationState.DONE
    stayed = bench.head() == before
    if done:
        bench.do(p.UndoTraining())
    text = over.message if isinstance(over, p.Failure) else over.text
    return Try(
        free=free,
        looked=looked,
        state="refused" if isinstance(over, p.Failure) else over.state,
        text=text,
        step="" if isinstance(over, p.Failure) else over.step,
        exit_status=over.exit_status,
        head_stayed=stayed,
        names_bytes=any(word in text for word in SHORT),
        wrong=faults(bench.home.root, hosted=True),
    )


def main(disk_folder: Path, base: Base, count: int) -> None:
    keep_none_free()
    service.NO_SPACE_WAIT = 0.1
    disk = Disk(disk_folder)
    bench = prepare(Home(disk_folder / "home"), base)
    try:
        plan = bench.ask(k.GetConsolidation())
        assert isinstance(plan, k.ConsolidationPlan), plan
        budgets = [int(plan.needed_bytes * 1.1 * index / max(1, count - 1)) for index in range(count)]
        tries = [attempt(bench, disk, free, looked=index % 2 == 1) for index, free in enumerate(budgets)]
        last = consolidate(bench, disk)
    finally:
        bench.host.close()
    wrong = faults(bench.home.root)
    assert not wrong, wrong
    report = Report(
        needed=plan.needed_bytes, tries=tries, last=last.state if isinstance(last, Operation) else str(last)
    )
    print(msgspec.json.encode(report).decode())


if __name__ == "__main__":
    if sys.argv[1] == "engine":
        engine()
    else:
        main(Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Base), int(sys.argv[3]))
