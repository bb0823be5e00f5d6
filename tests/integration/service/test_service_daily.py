"""The daily snapshot through the host: taken, verified, made up, broken off, thinned."""

import datetime
import errno
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backend import clock, files
from backend.daily import copy, keeper
from backend.domain.job import JobState
from backend.domain.operation import OperationKind
from backend.paths import Home
from backend.protocol import host as p
from backend.store.dailies import Keeping
from backend.store.store import Store
from backend.trash.restoring import RestoreIntent
from backend.trash.rows import Lay
from backend.trash.trash import Trash
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script

SCRIPT = Script(steps=6, seconds=0.001, save_every=3)
MARCH = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)
SetClock = Callable[[datetime.datetime], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """The user's own time, for hosts opened after it and for those that are open."""
    now = [MARCH]
    monkeypatch.setattr("backend.service.local_now", lambda: now[0])
    monkeypatch.setattr(keeper, "LOOK_SECONDS", 0.0)

    def put(moment: datetime.datetime) -> None:
        now[0] = moment

    return put


def train(bench: Bench, name: str) -> None:
    bench.queue(name)
    bench.train()


def dailies(bench: Bench) -> p.DailiesReply:
    reply = bench.ask(p.GetDailies())
    assert isinstance(reply, p.DailiesReply), reply
    return reply


def days(bench: Bench) -> list[str]:
    return [one.day for one in dailies(bench).snapshots]


def test_a_snapshot_is_a_verified_copy_of_the_heads_checkpoint(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    assert "Nothing has been trained" in bench.refusal(p.TakeDaily()).message
    train(bench, "a")
    bench.do(p.TakeDaily())
    folder = Path(bench.until_event(p.DailyTaken).path)
    assert folder == home.snapshots / clock.today()
    (one,) = dailies(bench).snapshots
    files.verify(folder, one.sums_sha256)
    point = bench.head().checkpoint
    assert point is not None
    files.verify(folder / copy.CHECKPOINT, point.sums_sha256)
    assert one.checkpoint == point.id
    again = bench.refusal(p.TakeDaily())
    assert (again.exit_status, "on top of another" in again.message) == (3, True)
    if sys.platform == "linux":
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", files.SUMS], cwd=folder, check=True)


def test_it_is_taken_at_its_time_once_a_day_and_only_when_the_head_has_moved(
    open_bench: OpenBench, home: Home, set_clock: SetClock
) -> None:
    bench = open_bench(SCRIPT)
    bench.until(lambda: bool(bench.told(p.StatusChanged)))
    train(bench, "a")
    assert days(bench) == []
    set_clock(MARCH + datetime.timedelta(hours=14))
    train(bench, "b")
    assert days(bench) == []
    set_clock(MARCH + datetime.timedelta(hours=15))
    bench.until_event(p.DailyTaken)
    set_clock(MARCH + datetime.timedelta(hours=20))
    train(bench, "c")
    assert days(bench) == ["2026-03-11"]
    set_clock(MARCH + datetime.timedelta(days=2))
    bench.until_event(p.DailyTaken)
    set_clock(MARCH + datetime.timedelta(days=3))
    train(bench, "d")
    set_clock(MARCH + datetime.timedelta(days=3, hours=1))
    assert days(bench) == ["2026-03-11", "2026-03-12"]
    assert not list(home.snapshots.glob(".*"))


def test_a_missed_one_is_made_up_at_the_next_start(open_bench: OpenBench, set_clock: SetClock) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    bench.host.close()
    set_clock(MARCH + datetime.timedelta(days=5, hours=-11))
    again = open_bench(SCRIPT)
    again.until_event(p.DailyTaken)
    assert days(again) == ["2026-03-15"]
    again.host.close()
    set_clock(MARCH + datetime.timedelta(days=5))
    third = open_bench(SCRIPT)
    train(third, "b")
    assert days(third) == ["2026-03-15"]


def test_a_whole_snapshot_that_was_never_recorded_counts_and_a_torn_one_goes_to_the_trash(
    open_bench: OpenBench, home: Home
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    bench.do(p.TakeDaily())
    folder = Path(bench.until_event(p.DailyTaken).path)
    bench.host.close()
    aside = home.root / "aside"
    shutil.move(folder, aside)
    again = open_bench(SCRIPT)
    assert days(again) == []
    shutil.copytree(aside, folder)
    again.do(p.TakeDaily())
    again.until_event(p.DailyTaken)
    assert [one.sequence for one in dailies(again).snapshots] == [2]
    again.host.close()
    shutil.rmtree(folder)
    third = open_bench(SCRIPT)
    shutil.move(aside, folder)
    (folder / copy.METADATA).write_bytes(b"{}")
    third.do(p.TakeDaily())
    assert copy.METADATA in third.until_event(p.Notice).text
    assert [path.name.startswith("daily-") for path in home.trash.iterdir()] == [True]
    third.do(p.TakeDaily())
    third.until_event(p.DailyTaken)


def test_too_little_space_is_told_before_anything_is_written(
    open_bench: OpenBench, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    with monkeypatch.context() as full:
        full.setattr(files, "RESERVE_BYTES", 1 << 60)
        assert bench.refusal(p.TakeDaily()).exit_status == 3
    assert not home.snapshots.exists()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(files, "_fsync", fail)
        bench.do(p.TakeDaily())
        bench.until(lambda: "ran full" in bench.notices(), "the notice")
    assert list(home.snapshots.iterdir()) == []


def test_closing_in_the_middle_leaves_nothing_of_it(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    bench.do(p.TakeDaily())
    bench.host.close()
    folders = [path.name for path in home.snapshots.iterdir()] if home.snapshots.exists() else []
    assert folders in ([], [clock.today()])
    again = open_bench(SCRIPT)
    assert days(again) == folders


def test_thinning_is_shown_and_moves_only_what_the_rule_lets_go(
    open_bench: OpenBench, home: Home, set_clock: SetClock
) -> None:
    bench = open_bench(SCRIPT)
    for at in range(6):
        set_clock(MARCH + datetime.timedelta(days=at))
        train(bench, f"file-{at}")
        bench.do(p.TakeDaily())
        bench.until_event(p.DailyTaken)
    for key, value in (("daily.days", "1"), ("daily.weeks", "0"), ("daily.months", "1")):
        bench.do(p.PutSetting(key=key, value=value))
    assert dailies(bench).going == ("2026-03-10", "2026-03-11", "2026-03-12")
    refused = bench.refusal(p.ThinDailies(days=("2026-03-10", "2026-03-15")))
    assert "2026-03-15 stays" in refused.message
    assert len(days(bench)) == 6
    bench.do(p.ThinDailies(days=dailies(bench).going))
    assert days(bench) == ["2026-03-13", "2026-03-14", "2026-03-15"]
    assert sorted(path.name for path in home.snapshots.iterdir()) == days(bench)
    assert len(list(home.trash.glob("daily-2026-03-1*"))) == 3
    bench.do(p.PutSetting(key="daily.thin", value="true"))
    set_clock(MARCH + datetime.timedelta(days=6))
    train(bench, "last")
    bench.do(p.TakeDaily())
    bench.until(lambda: days(bench) == ["2026-03-14", "2026-03-15", "2026-03-16"], "the thinning")
    assert {job.state for job in bench.jobs()} == {JobState.DONE}


def test_a_snapshot_that_left_the_trash_before_the_program_died_keeps_its_one_row(
    open_bench: OpenBench, home: Home
) -> None:
    bench = open_bench(SCRIPT)
    train(bench, "a")
    bench.do(p.TakeDaily())
    folder = Path(bench.until_event(p.DailyTaken).path)
    bench.host.close()
    entry = Trash(home).put(folder, "daily", folder.name)
    store = Store.open(home)
    [daily] = store.dailies.all()
    intent = RestoreIntent(entry=entry, lay=Lay(path=str(folder), sums_sha256=daily.sums_sha256))
    with store.atomic():
        store.dailies.mark(daily.sequence, Keeping.TRASH)
        store.operations.begin(OperationKind.RESTORE_TRASH, f"daily {folder.name}", intent)
    store.close()
    files.move(Path(entry.path), folder)
    bench = open_bench(SCRIPT)
    bench.until(lambda: "is back in" in bench.notices(), "the recovery")
    assert [(one.day, one.sequence) for one in dailies(bench).snapshots] == [(daily.day, daily.sequence)]
