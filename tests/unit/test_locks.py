"""Kernel locks: one holder, freed at death, not inherited."""

import subprocess
import sys
from pathlib import Path

from backend.locks import KernelLock, is_held

HOLD = """
import sys
from pathlib import Path
from backend.locks import KernelLock
lock = KernelLock(Path(sys.argv[1]))
print("held" if lock.try_acquire() else "refused", flush=True)
sys.stdin.read()
"""


def hold(path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def answer(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def test_second_taker_in_this_process_is_refused_until_release(tmp_path: Path) -> None:
    first, second = KernelLock(tmp_path / "lock"), KernelLock(tmp_path / "lock")
    assert first.try_acquire()
    assert not first.try_acquire()
    assert not second.try_acquire()
    assert is_held(tmp_path / "lock")
    first.release()
    assert second.try_acquire()
    second.release()
    assert not is_held(tmp_path / "lock")


def test_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    holder = hold(tmp_path / "lock")
    try:
        assert answer(holder) == "held"
        lock = KernelLock(tmp_path / "lock")
        assert not lock.try_acquire()
    finally:
        end(holder)
    with lock:
        assert lock.held


def test_child_does_not_inherit_the_lock(tmp_path: Path) -> None:
    lock = KernelLock(tmp_path / "lock")
    assert lock.try_acquire()
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        lock.release()
        assert KernelLock(tmp_path / "lock").try_acquire()
    finally:
        child.kill()
        child.communicate()


def test_of_twenty_starters_one_owns(tmp_path: Path) -> None:
    starters = [hold(tmp_path / "lock") for _ in range(20)]
    try:
        answers = [answer(starter) for starter in starters]
    finally:
        for starter in starters:
            end(starter)
    assert sorted(answers) == ["held"] + ["refused"] * 19
