"""A host or engine that is killed by strace at any call that changes the disk leaves the home before or after."""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from backend import settings
from backend.domain.backup import Subject
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from tests.drivers.killed_host import HeldHosts
from tests.fakes.hosting import Bench, give_base
from tests.fakes.scripted_engine import Script
from tests.fakes.version_host import done, make_version
from tests.faults.deeds import AT, KEEPING, OLDER
from tests.faults.loops import CHOSEN, Loop, Prepared
from tests.faults.tally import Tally

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is a program of Linux")
TRAINED = Script(steps=4, seconds=0.0, save_every=2)
WAITING = msgspec.structs.replace(TRAINED, wait_at=AT)
WITH_WAIT = ("pause", "resume", "stop", "skip")
SAMPLE = 4
"""Points of a deed that are taken where not all are asked for."""
ALWAYS = ("daily", "undo", "enqueue")
"""Of the older deeds; the others have tests of their own and are killed in the whole loops only."""


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeldHosts]:
    hosts = HeldHosts(tmp_path_factory.mktemp("hosts") / "errors.txt")
    yield hosts
    hosts.close()


def open_home(place: Path) -> Bench:
    """A new home on a base, with a second location beside it."""
    home = Home(place / "home")
    give_base(home)
    settings.put(home, "daily.enabled", "false")
    return Bench.open(home, TRAINED)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Two files are trained, two wait."""
    place = tmp_path_factory.mktemp("trained") / "place"
    bench = open_home(place)
    for name in ("first", "second"):
        bench.queue(name)
    bench.train()
    for name in ("third", "fourth"):
        bench.queue(name)
    bench.host.close()
    return Prepared.keep(place)


@pytest.fixture(scope="module")
def with_versions(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """v001 to v003 with their backups in two places, and training on the last one."""
    place = tmp_path_factory.mktemp("versions") / "place"
    bench = open_home(place)
    (place / "second").mkdir()
    bench.do(p.PutSetting(key="backup.second_location", value=str(place / "second")))
    make_version(bench, "first")
    evolution = next(bench.home.evolution.iterdir()).name
    done(bench, k.CreateBackup(subject=Subject.EVOLUTION, of=evolution))
    for name in ("second", "third"):
        make_version(bench, name)
    bench.queue("fourth")
    bench.train()
    done(bench, k.CreateBackup())
    bench.host.close()
    return Prepared.keep(place)


@pytest.mark.parametrize("deed", [name for name in OLDER if CHOSEN or name in ALWAYS])
def test_a_kill_anywhere_in_older_deeds_leaves_the_home_before_or_after(
    deed: str, hosts: HeldHosts, trained: Prepared, tmp_path: Path, tally_of: list[Tally]
) -> None:
    loop = Loop(hosts, trained, deed, tmp_path, WAITING if deed in WITH_WAIT else TRAINED)
    tally_of.append(loop.tally)
    require_nothing_wrong(loop.run(SAMPLE))


@pytest.mark.parametrize("deed", list(KEEPING))
def test_a_kill_anywhere_in_safekeeping_leaves_the_home_before_or_after(
    deed: str, hosts: HeldHosts, with_versions: Prepared, tmp_path: Path, tally_of: list[Tally]
) -> None:
    loop = Loop(hosts, with_versions, deed, tmp_path, TRAINED)
    tally_of.append(loop.tally)
    require_nothing_wrong(loop.run(SAMPLE))


@pytest.mark.parametrize(
    ("deed", "role"), [("backup", "operation"), ("consolidate", "engine"), ("delete", "operation")]
)
def test_a_call_that_fails_ends_the_operation_with_a_word_and_changes_nothing(
    deed: str, role: str, hosts: HeldHosts, with_versions: Prepared, tmp_path: Path, tally_of: list[Tally]
) -> None:
    loop = Loop(hosts, with_versions, deed, tmp_path, TRAINED)
    loop.tally.fault = f"EIO, {role}"
    tally_of.append(loop.tally)
    require_nothing_wrong(loop.fail((("fsync", "EIO"), ("fsync", "ENOSPC"), ("rename", "EIO")), role, 2))


@pytest.mark.parametrize("deed", ["consolidate", "delete", "backup", "restore-backup"] if CHOSEN else ["consolidate"])
def test_a_recovery_that_is_killed_too_ends_where_an_undisturbed_one_does(
    deed: str, hosts: HeldHosts, with_versions: Prepared, tmp_path: Path, tally_of: list[Tally]
) -> None:
    first = Loop(hosts, with_versions, deed, tmp_path / "first", TRAINED)
    for number, left in enumerate(first.leave_killed(9 if CHOSEN else 1)):
        loop = Loop(hosts, left, "start", tmp_path / f"{number}", TRAINED)
        loop.tally.operation = f"recovery of {deed}"
        tally_of.append(loop.tally)
        require_nothing_wrong(loop.run(SAMPLE))


def require_nothing_wrong(tally: Tally) -> None:
    assert not tally.faults, "\n".join(tally.faults)
    assert not tally.missed, tally.missed
    assert tally.hit == tally.tried > 0
