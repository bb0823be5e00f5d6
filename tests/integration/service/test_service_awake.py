"""The host keeps the machine awake while it trains and saves, and lets it sleep in every rest."""

import contextlib
import threading
from collections.abc import Iterator

import pytest

from backend.awake import Awake
from backend.domain.status import HostState
from backend.paths import Home
from backend.protocol import host as p
from backend.service import Service
from backend.supervisor.launcher import LocalLauncher
from tests.fakes.hosting import Bench
from tests.fakes.scripted_engine import Script

SLOW = Script(steps=1000, seconds=0.01, save_every=1000)


class Desktop:
    """Remembers whether it is told to stay awake."""

    def __init__(self) -> None:
        self.awake = False

    @contextlib.contextmanager
    def mode(self) -> Iterator[bool]:
        self.awake = True
        yield True
        self.awake = False


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def bench(home: Home, desktop: Desktop) -> Iterator[Bench]:
    """A host with a file in its queue on that desktop."""
    service = Service(home, LocalLauncher(SLOW.command()), awake=Awake(desktop.mode))
    made = Bench(service, home)
    made.queue("file")
    yield made
    service.close()


def test_pause_and_stop_let_the_machine_sleep(bench: Bench, desktop: Desktop) -> None:
    bench.until_state(HostState.IDLE)
    assert not desktop.awake
    bench.do(p.StartTraining())
    bench.until(lambda: desktop.awake, "staying awake")
    bench.until_step(2)
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    bench.until(lambda: not desktop.awake, "sleep after the pause")
    bench.do(p.ResumeTraining())
    bench.until(lambda: desktop.awake, "staying awake again")
    bench.do(p.StopTraining())
    bench.until_state(HostState.STOPPED)
    bench.until(lambda: not desktop.awake, "sleep after the stop")


def test_the_setting_turns_it_off_in_the_midst_of_training(bench: Bench, desktop: Desktop) -> None:
    bench.do(p.StartTraining())
    bench.until(lambda: desktop.awake, "staying awake")
    bench.do(p.PutSetting(key="power.keep_awake", value="no"))
    bench.until(lambda: not desktop.awake, "sleep by the setting")
    assert bench.status().state is HostState.TRAINING


def test_a_host_that_closes_lets_the_machine_sleep(bench: Bench, desktop: Desktop) -> None:
    bench.do(p.StartTraining())
    bench.until(lambda: desktop.awake, "staying awake")
    bench.host.close()
    assert not desktop.awake
    assert "awake" not in {thread.name for thread in threading.enumerate()}
