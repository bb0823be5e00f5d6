"""One home, several programs: clients of a running host, and commands without one."""

import queue
import threading
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from pathlib import Path

import pytest

from backend import host_card, reading
from backend.client import HostGone, RemoteHost
from backend.domain.job import JobState, Priority
from backend.domain.status import HostState
from backend.opening import act_as_host_for_a_moment, connect, open_for_reading, open_host
from backend.paths import Home
from backend.protocol import channel
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved
from backend.service import Service
from backend.supervisor.launcher import LocalLauncher
from tests.fakes.hosting import Bench, dataset
from tests.fakes.scripted_engine import Script


class Running:
    """A host that pumps in a thread of its own, as another program would."""

    def __init__(self, home: Home, script: Script) -> None:
        self._home = home
        self._script = script
        self._end = threading.Event()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._up.wait(30)

    def _run(self) -> None:
        service = Service(self._home, LocalLauncher(self._script.command()))
        self._up.set()
        while not self._end.is_set():
            service.pump()
            service.wait(0.05)
        service.close()

    def close(self) -> None:
        self._end.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


@pytest.fixture
def running(home: Home) -> Iterator[Running]:
    host = Running(home, Script(steps=20))
    yield host
    host.close()


def test_client_queues_trains_and_follows(running: Running, home: Home) -> None:
    host = open_host(home)
    assert not host.is_local
    bench = Bench(host, home)
    bench.do(p.Follow())
    job = bench.queue("file")
    assert bench.train().done == 1
    assert bench.job(job.id).state is JobState.DONE
    assert bench.told(CheckpointSaved)
    assert bench.status().state is HostState.IDLE
    host.close()


def test_clients_that_do_not_follow_hear_nothing_and_errors_carry_over(running: Running, home: Home) -> None:
    host = connect(home)
    assert host is not None
    bench = Bench(host, home)
    bench.queue("file")
    assert "in the queue already" in bench.refusal(p.Enqueue(dataset=dataset(home, "file"))).message
    failure = bench.refusal(p.PlaceJobs(jobs=(99,), priority=Priority.HIGH))
    assert (failure.message, failure.exit_status) == ("There is no job 99.", 2)
    assert host.pump() == []
    host.close()


def test_stuck_follower_and_nonsense_do_not_stop_training(running: Running, home: Home) -> None:
    card = host_card.read(home)
    assert card is not None
    stuck = RemoteHost(channel.Channel(_raw(home), p.Outgoing))
    stuck.handle(p.Follow())
    nonsense = _raw(home)
    nonsense.send_bytes(b"nonsense")
    host = connect(home)
    assert host is not None
    bench = Bench(host, home)
    bench.do(p.Follow())
    bench.queue("file")
    assert bench.train().done == 1
    with pytest.raises(EOFError):
        nonsense.recv_bytes()
    stuck.close()
    host.close()


def test_wrong_key_is_not_let_in(running: Running, home: Home) -> None:
    card = host_card.read(home)
    assert card is not None
    with pytest.raises((OSError, EOFError, AuthenticationError)):
        channel.connect(card.address, b"wrong" * 8)
    assert home.host_card.stat().st_mode & 0o077 == 0


def test_client_learns_that_the_host_is_gone(home: Home) -> None:
    running = Running(home, Script())
    host = connect(home)
    assert host is not None
    running.close()
    with pytest.raises(HostGone):
        Bench(host, home).until(lambda: False)
    with pytest.raises(HostGone):
        host.handle(p.GetStatus())
    assert connect(home) is None


def test_of_twenty_starters_one_is_the_host_and_the_others_its_clients(home: Home) -> None:
    together, over = threading.Barrier(20), threading.Event()
    kinds: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def start() -> None:
        together.wait(30)
        host = open_host(home, LocalLauncher(Script().command()))
        kinds.put(host.is_local)
        over.wait(30)
        host.close()

    starters = [threading.Thread(target=start) for _ in range(20)]
    for starter in starters:
        starter.start()
    found = [kinds.get(timeout=60) for _ in starters]
    over.set()
    for starter in starters:
        starter.join(60)
    assert sorted(found) == [False] * 19 + [True]


def test_command_without_a_host_acts_for_a_moment_and_starts_no_engine(home: Home) -> None:
    with act_as_host_for_a_moment(home) as host:
        assert host.is_local
        bench = Bench(host, home)
        bench.queue("file")
        host.pump()
        assert "for a moment" in bench.refusal(p.StartTraining()).message
    assert not home.engine_lock.exists()
    assert [job.name for job in reading.read_jobs(home)] == ["file"]


def test_reading_needs_no_host_and_changes_nothing(home: Home) -> None:
    before = sorted(home.root.rglob("*"))
    bench = Bench(open_for_reading(home), home)
    assert bench.status().state is HostState.IDLE
    assert bench.head().base == "tiny"
    assert bench.jobs() == ()
    assert bench.refusal(p.StartTraining()).exit_status == 2
    assert sorted(home.root.rglob("*")) == before


def test_reading_an_empty_place_finds_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "none")
    bench = Bench(open_for_reading(home), home)
    assert bench.jobs() == ()
    assert not home.root.exists()


def _raw(home: Home) -> channel.Wire:
    card = host_card.read(home)
    assert card is not None
    return channel.connect(card.address, bytes.fromhex(card.key))


def test_settings_are_told_by_a_host_and_without_one(running: Running, home: Home) -> None:
    host = open_host(home)
    host.handle(p.PutSetting(key="job.epochs", value="3"))
    over_the_wire = host.handle(p.GetSettings())
    host.close()
    assert isinstance(over_the_wire, p.SettingsReply)
    assert over_the_wire.settings.job.epochs == 3
    assert reading.Reader(home).handle(p.GetSettings()) == over_the_wire


def test_settings_that_cannot_be_read_are_a_failure_that_names_the_file(home: Home) -> None:
    home.config.write_text("[job", encoding="utf-8")
    reply = reading.Reader(home).handle(p.GetSettings())
    assert isinstance(reply, p.Failure)
    assert "config.toml" in reply.message
