"""A host or engine that is killed by strace at any call that changes the disk leaves the home before or after."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend import settings
from backend.paths import Home
from tests.drivers.killed_host import HeldHosts
from tests.fakes.hosting import Bench, give_base
from tests.fakes.scripted_engine import Script
from tests.faults.loops import Loop
from tests.faults.tally import Tally

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is a program of Linux")
TRAINED = Script(steps=4, seconds=0.0, save_every=2)
SAMPLE = 6


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeldHosts]:
    hosts = HeldHosts(tmp_path_factory.mktemp("hosts") / "errors.txt")
    yield hosts
    hosts.close()


@pytest.fixture(scope="module")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two files are trained, two wait."""
    home = Home(tmp_path_factory.mktemp("trained") / "home")
    give_base(home)
    settings.put(home, "daily.enabled", "false")
    bench = Bench.open(home, TRAINED)
    for name in ("first", "second"):
        bench.queue(name)
    bench.train()
    for name in ("third", "fourth"):
        bench.queue(name)
    bench.host.close()
    return home


@pytest.mark.parametrize("deed", ["start", "daily", "undo", "enqueue", "reprioritise", "checkpoint"])
def test_a_kill_at_any_point_leaves_it_before_or_after(
    deed: str, hosts: HeldHosts, trained_home: Home, tmp_path: Path, tallies: list[Tally]
) -> None:
    loop = Loop(hosts, trained_home, deed, tmp_path, TRAINED)
    tallies.append(loop.tally)
    tally = loop.run(SAMPLE)
    assert not tally.faults, "\n".join(tally.faults)
    assert not tally.missed, tally.missed
    assert tally.hit == tally.tried > 0
