"""The device that is chosen is the one asked for, or the best there is."""

import subprocess
import sys

import psutil
import pytest
import torch

from backend.engine.device import choose, library_versions, physical_cores
from backend.errors import WrongUse
from backend.settings import EngineSettings


def test_the_processor_is_taken_with_its_physical_cores() -> None:
    device = choose(EngineSettings(device="cpu"))
    assert device.torch == torch.device("cpu")
    assert not device.accelerator
    assert device.threads == physical_cores() == torch.get_num_threads()
    assert 1 <= device.threads <= (psutil.cpu_count() or 1)


def test_the_threads_of_the_settings_hold() -> None:
    device = choose(EngineSettings(device="cpu", threads=1))
    assert torch.get_num_threads() == 1
    assert device.words == "CPU, 1 thread"


def test_auto_takes_an_accelerator_where_there_is_one() -> None:
    there = torch.cuda.is_available() or torch.backends.mps.is_available()
    assert choose(EngineSettings(device="auto", threads=1)).accelerator is there


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "cuda:99", "tpu:0", "cpu:1"])
def test_a_device_that_is_not_here_is_refused(name: str) -> None:
    with pytest.raises(WrongUse, match=name):
        choose(EngineSettings(device=name))


HOLD = """
import torch
from backend.engine.device import choose
from backend.settings import EngineSettings
device = choose(EngineSettings(device="cpu", threads=1))
before = device.memory_bytes()
held = torch.ones(64 << 20)
print(held.nbytes, device.memory_bytes() - before)
"""


def test_the_memory_held_grows_with_what_is_held() -> None:
    """In a process of its own: one that has trained before holds free memory that it would only use again."""
    done = subprocess.run([sys.executable, "-c", HOLD], check=True, capture_output=True, text=True)
    held, grown = map(int, done.stdout.split())
    assert grown > held // 2


def test_versions_are_plain_text() -> None:
    versions = library_versions()
    assert versions["torch"] == torch.__version__
    assert {type(version) for version in versions.values()} == {str}
