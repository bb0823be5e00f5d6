"""Training on a Python that the user named: it trains there, and where that one breaks nothing is lost or burnt."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.datasets.intake import take_in
from backend.domain.job import Job, JobSettings, JobState
from backend.domain.status import HostState
from backend.errors import Refused
from backend.locks import KernelLock
from backend.protocol import host as p
from backend.runtime.checking import require_usable
from backend.service import Service
from tests.fakes.called_here import CalledHere
from tests.fakes.command_line import Ended
from tests.fakes.hosting import Bench, Enqueue

Rows = list[dict[str, Any]]
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="nothing ends by a signal there")


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """One of its own, with the packages of the environment that runs the tests."""
    folder = tmp_path / "their env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    [packages] = [place for place in folder.rglob("site-packages") if place.parent.name != "lib64"][:1]
    (packages / "all.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def queue(enqueue: Enqueue) -> Callable[[str, int], Job]:
    return lambda name, rows: enqueue(name, rows, JobSettings(rows_per_step=2, max_length=128))


def put(bench: Bench, python: str) -> None:
    bench.do(p.PutSetting(key="engine.python", value=python))


def test_a_file_trains_there_and_waits_where_that_python_is_gone_until_another_is_named(
    bench: Bench, queue: Callable[[str, int], Job], environment: Path
) -> None:
    put(bench, require_usable(str(environment)).python)
    first = queue("first.jsonl", 6)
    bench.do(p.StartTraining())
    bench.until(lambda: bench.job(first.id).state is JobState.DONE)
    python = bench.status().python
    assert python is not None
    assert Path(python).is_relative_to(environment)
    assert f"{environment}" in (bench.home.logs / "espalier.log").read_text(encoding="utf-8")
    bench.until(lambda: bench.status().state is HostState.IDLE)
    step = bench.head().total_steps
    shutil.rmtree(environment)
    bench.host.close()

    again = Bench(Service(bench.home), bench.home)
    try:
        second = again.ask(p.Enqueue(dataset=take_in(bench.home, renamed(environment)), settings=JobSettings()))
        assert isinstance(second, p.Queued)
        again.do(p.StartTraining())
        again.until(lambda: again.job(second.job.id).state is JobState.PAUSED)
        held = again.job(second.job.id)
        assert str(environment) in held.reason
        assert "espalier runtime use own" in held.hint
        assert again.head().total_steps == step
        put(again, "")
        again.do(p.ResumeTraining())
        again.until(lambda: again.job(second.job.id).state is JobState.DONE)
    finally:
        again.host.close()


def renamed(environment: Path) -> Path:
    path = environment.parent / "second.jsonl"
    path.write_text('{"text": "one"}\n{"text": "two"}\n{"text": "three"}\n', encoding="utf-8")
    return path


def test_one_that_lost_its_packages_holds_the_queue_instead_of_burning_it(
    bench: Bench, queue: Callable[[str, int], Job], environment: Path
) -> None:
    python = require_usable(str(environment)).python
    put(bench, python)
    for path in environment.rglob("all.pth"):
        path.unlink()
    jobs = [queue("a.jsonl", 6), queue("b.jsonl", 7)]
    bench.do(p.StartTraining())
    bench.until(lambda: bench.job(jobs[0].id).state is JobState.PAUSED)
    held = bench.job(jobs[0].id)
    assert python in held.reason
    assert "espalier runtime check" in held.hint
    assert bench.job(jobs[1].id).state is JobState.QUEUED
    put(bench, "")
    bench.do(p.ResumeTraining())
    bench.until(lambda: {bench.job(job.id).state for job in jobs} == {JobState.DONE})


def spoil(environment: Path, code: str) -> Path:
    """Put another PyTorch before the one that is there; returns its folder."""
    folder = next(path.parent for path in environment.rglob("all.pth") if path.parent.parent.name != "lib64") / "torch"
    folder.mkdir()
    (folder / "__init__.py").write_text(code, encoding="utf-8")
    return folder


@UNIX
def test_a_pytorch_that_crashes_while_it_loads_is_told_by_the_check_and_holds_the_queue(
    bench: Bench, queue: Callable[[str, int], Job], environment: Path
) -> None:
    python = require_usable(str(environment)).python
    put(bench, python)
    spoil(environment, "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    with pytest.raises(Refused, match="ended by signal 11 while PyTorch was loaded"):
        require_usable(python)
    jobs = [queue("a.jsonl", 6), queue("b.jsonl", 7)]
    bench.do(p.StartTraining())
    bench.until(lambda: bench.job(jobs[0].id).state is not JobState.RUNNING and bench.status().reason is not None)
    held = bench.job(jobs[0].id)
    assert held.state is JobState.PAUSED
    assert python in held.reason
    assert "espalier runtime use own" in held.hint
    assert bench.job(jobs[1].id).state is JobState.QUEUED


NO_PROGRAM = "This was a Python once."
PRINTS = "#!/bin/sh\necho rubbish\n"
CRASHES = "#!/bin/sh\nkill -ILL $$\n"
HANGS = "#!/bin/sh\nexec sleep 600\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for the Python")
@pytest.mark.parametrize("became", [NO_PROGRAM, PRINTS, CRASHES, HANGS], ids=["none", "prints", "crashes", "hangs"])
def test_whatever_that_python_becomes_no_file_fails_for_it(
    bench: Bench, queue: Callable[[str, int], Job], tmp_path: Path, became: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if became is HANGS:
        monkeypatch.setattr("backend.supervisor.engine.MEET_SECONDS", 0.5)
    python = tmp_path / "python"
    python.write_text(became, encoding="utf-8")
    python.chmod(0o755)
    put(bench, str(python))
    jobs = [queue("a.jsonl", 6), queue("b.jsonl", 7)]
    bench.do(p.StartTraining())
    bench.until(lambda: bench.job(jobs[0].id).state in (JobState.PAUSED, JobState.FAILED))
    held = bench.job(jobs[0].id)
    assert held.state is JobState.PAUSED, held.reason
    assert str(python) in held.reason
    assert "espalier runtime use own" in held.hint
    assert bench.job(jobs[1].id).state is JobState.QUEUED


@UNIX
def test_an_engine_that_others_end_while_it_loads_is_not_held_against_its_python(
    bench: Bench, queue: Callable[[str, int], Job], environment: Path, tmp_path: Path
) -> None:
    put(bench, require_usable(str(environment)).python)
    loading = tmp_path / "loading"
    code = f"import os, pathlib, time\npathlib.Path({str(loading)!r}).write_text(str(os.getpid()))\ntime.sleep(600)\n"
    slow = spoil(environment, code)
    job = queue("a.jsonl", 6)
    bench.do(p.StartTraining())
    bench.until(lambda: loading.exists() and loading.read_text(encoding="utf-8") != "")
    shutil.rmtree(slow)
    os.kill(int(loading.read_text(encoding="utf-8")), signal.SIGKILL)
    bench.until(lambda: bench.job(job.id).state in (JobState.DONE, JobState.PAUSED, JobState.FAILED))
    assert bench.job(job.id).state is JobState.DONE


def test_an_engine_that_finds_another_in_the_home_is_not_held_against_its_python(
    bench: Bench, queue: Callable[[str, int], Job], environment: Path
) -> None:
    put(bench, require_usable(str(environment)).python)
    job = queue("a.jsonl", 6)
    lock = KernelLock(bench.home.engine_lock)
    assert lock.try_acquire()
    try:
        bench.do(p.StartTraining())
        bench.until(lambda: "(exit status 3)" in bench.notices())
    finally:
        lock.release()
    bench.until(lambda: bench.job(job.id).state in (JobState.DONE, JobState.PAUSED, JobState.FAILED))
    assert bench.job(job.id).state is JobState.DONE


@UNIX
def test_a_question_to_an_engine_whose_python_crashes_names_that_python(bench: Bench, environment: Path) -> None:
    python = require_usable(str(environment)).python
    put(bench, python)
    spoil(environment, "import sys\nsys.exit(7)\n")
    bench.do(p.AskHead(question="Who are you?"))
    bench.until(lambda: "ended unexpectedly" in bench.notices())
    assert f"on your own Python, {python}" in bench.notices()
    assert "espalier runtime use own" in bench.notices()


def test_a_library_that_no_longer_fits_holds_the_queue_and_takes_no_attempt(
    bench: Bench, queue: Callable[[str, int], Job], environment: Path
) -> None:
    put(bench, require_usable(str(environment)).python)
    [path] = environment.rglob("all.pth")
    broken = "import peft\ndef LoraConfig(): pass\npeft.LoraConfig = LoraConfig\n"
    (path.parent / "upgraded.py").write_text(broken, encoding="utf-8")
    (path.parent / "z.pth").write_text("import upgraded\n", encoding="utf-8")
    job = queue("a.jsonl", 6)
    bench.do(p.StartTraining())
    bench.until(lambda: bench.job(job.id).state in (JobState.PAUSED, JobState.FAILED))
    held = bench.job(job.id)
    assert held.state is JobState.PAUSED, held.reason
    assert held.attempts == 1
    assert "TypeError" in held.reason
    (path.parent / "z.pth").unlink()
    bench.do(p.ResumeTraining())
    bench.until(lambda: bench.job(job.id).state is JobState.DONE)


@pytest.mark.parametrize("words", [("runtime", "use"), ("settings", "set", "engine.python")])
def test_the_command_line_stores_only_what_can_run_the_engine(
    words: tuple[str, ...], environment: Path, tmp_path: Path
) -> None:
    call = CalledHere(tmp_path / "home")
    taken = call(*words, environment)
    assert taken.status == 0, taken
    stored = call("--json", "runtime", "show")
    for path in environment.rglob("all.pth"):
        path.unlink()
    refused: Ended = call(*words, environment)
    assert refused.status == 3, refused
    assert "pip install" in refused.err
    assert call("runtime", "check").status == 3
    looked = call("--json", "runtime", "check")
    assert looked.status == 3
    assert json.loads(looked.out)["pip_line"], "one answer, not two"
    assert call(*words, tmp_path / "nowhere").status == 3
    assert call("--json", "runtime", "show").out == stored.out
    assert str(environment) in stored.out
    assert call("runtime", "use", "own").status == 0
    assert str(environment) not in call("--json", "runtime", "show").out
