"""A Python that the user names: accepted when it runs the engine, else told what it lacks and what to do."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from backend.engine import runtime_probe
from backend.errors import Refused, UserError
from backend.runtime.checking import check, require_usable
from backend.runtime.interpreter import RuntimeUnusable, interpreter
from backend.runtime.report import Lack, Report, advice, summary

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="a script with #! is no program there")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment without any package."""
    folder = tmp_path_factory.mktemp("bare") / "an env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder


def program(folder: Path, text: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_the_programs_own_python_runs_the_engine() -> None:
    report = check("")
    assert report.usable, summary(report)
    assert {one.name for one in report.libraries} >= {"torch", "peft", "rapidfuzz"}
    assert report.devices[-1].kind == "cpu"


def test_an_environment_without_packages_is_refused_with_the_line_that_installs_them(bare: Path) -> None:
    report = check(str(bare))
    assert not report.usable
    assert {one.name for one in report.lacks} >= {"torch", "transformers", "msgspec"}
    assert f"{interpreter(str(bare))}" in report.pip_line
    assert "'" in report.pip_line or '"' in report.pip_line
    assert "torch>=2.9" in report.pip_line
    with pytest.raises(Refused, match="missing: torch, transformers") as refused:
        require_usable(str(bare))
    assert report.pip_line in refused.value.hint


def test_what_the_users_variables_name_does_not_count(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    assert check(str(bare)).lacks


def test_a_folder_stands_for_the_python_in_it_and_a_link_stays_a_link(bare: Path) -> None:
    python = interpreter(str(bare))
    assert python.is_relative_to(bare)
    assert interpreter(str(python)) == python


@pytest.mark.parametrize("named", ["nowhere", "."])
def test_a_place_without_a_python_is_refused(named: str, tmp_path: Path) -> None:
    with pytest.raises(RuntimeUnusable) as refused:
        interpreter(str(tmp_path / named))
    assert "espalier runtime use own" in refused.value.hint


@UNIX
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("echo rubbish", "did not answer"),
        ("kill -9 $$", "ended by signal 9"),
        ("exit 3", "ended with status 3"),
        ("while echo rubbish; do :; done", "did not answer"),
    ],
)
def test_what_is_no_python_is_told_as_such(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=told):
        check(program(tmp_path, text))


@UNIX
def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(UserError, match="gave no answer in 1 s"):
        check(program(tmp_path, "exec sleep 60"), seconds=1.0)
    assert time.monotonic() - begun < 30


@UNIX
def test_a_wrapper_that_hangs_is_ended_with_the_program_it_started(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    wrapper = program(tmp_path, f"sleep 600 &\necho $! > '{begun}'\nwait")
    with pytest.raises(UserError, match="gave no answer in 1 s"):
        check(wrapper, seconds=1.0)
    pid = int(begun.read_text(encoding="utf-8"))
    end = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end, f"{pid} still runs"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("version", "numbers"), [("2.9.1+rocm6.4", (2, 9, 1)), ("2.10.0", (2, 10)), ("5.0.0.dev0", (5,)), ("", ())]
)
def test_versions_are_compared_by_their_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert runtime_probe.release(version) == numbers


def test_a_version_below_the_floor_is_lacking() -> None:
    report = runtime_probe.looked([{"name": "torch", "spec": "torch>=99", "floor": "99"}])
    [lack] = report["lacks"]
    assert lack["spec"] == "torch>=99"
    assert lack["found"]


def test_each_trouble_says_what_to_do() -> None:
    old = Report(python="/p", version="3.9.1", too_old=True)
    lacking = Report(python="/p", version="3.12.0", lacks=(Lack(name="peft", spec="peft>=0.21", found="0.1"),))
    broken = Report(python="/p", version="3.12.0", broken="OSError: libcudart.so.12: cannot open")
    assert "Python 3.9.1" in summary(old)
    assert "peft 0.1 is too old" in summary(lacking)
    assert "libcudart" in summary(broken)
    assert all(advice(report) and not report.usable for report in (old, lacking, broken))
    assert not Report(python="/p", version="3.12.0", loading=True).usable
