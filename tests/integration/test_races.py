"""Programs that meet on one home: two `queue add` at once lose nothing, and of twenty hosts exactly one runs.

ESPALIER_RACES=1000 runs a thousand rounds of each instead of a hundred and twenty.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.domain.job import JobState
from backend.paths import Home
from backend.reading import read_jobs
from tests.fakes.hosting import give_base

RACER = Path(__file__).parents[1] / "drivers" / "racer.py"
CHOSEN = int(os.environ.get("ESPALIER_RACES", "0"))
STARTERS = 20
STUCK_SECONDS = 60.0
"""A program that answers nothing for so long hangs, and is ended so that the test says so."""


class Runner:
    """One program; `go` only starts it, so that several run at once, and `answer` waits for what came of it."""

    def __init__(self, user_data: Path) -> None:
        places = {name: str(user_data) for name in ("XDG_DATA_HOME", "WIN_PD_OVERRIDE_LOCAL_APPDATA")}
        self.process = subprocess.Popen(
            (sys.executable, str(RACER)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **places},
        )

    def go(self, *words: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode([str(word) for word in words]) + b"\n")
        self.process.stdin.flush()

    def answer(self) -> tuple[int, list[dict[str, Any]]]:
        """Exit status, and what was printed before."""
        assert self.process.stdout is not None
        lines: list[dict[str, Any]] = []
        stuck = threading.Timer(STUCK_SECONDS, self.process.kill)
        stuck.start()
        try:
            for text in self.process.stdout:
                line = msgspec.json.decode(text, type=dict[str, Any])
                if line.keys() == {"status"}:
                    return line["status"], lines
                lines.append(line)
        finally:
            stuck.cancel()
        raise AssertionError(f"The program ended or hung: {lines}")

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def runners(tmp_path: Path) -> Iterator[Callable[[int], list[Runner]]]:
    """Starts programs that see no starter model, and ends them."""
    started: list[Runner] = []

    def start(count: int) -> list[Runner]:
        started.extend(Runner(tmp_path / "user-data") for _ in range(count))
        return started

    yield start
    for runner in started:
        runner.end()


def test_two_that_queue_at_once_lose_nothing(
    home: Home, tmp_path: Path, runners: Callable[[int], list[Runner]]
) -> None:
    give_base(home)
    two = runners(2)
    for round_ in range(CHOSEN or 100):
        for number, runner in enumerate(two):
            file = tmp_path / f"{round_}-{number}.jsonl"
            file.write_text(f'{{"text": "{round_} {number}"}}\n', encoding="utf-8")
            runner.go("queue", "add", file, "--json", "--base-dir", home.root)
        answers = [runner.answer() for runner in two]
        assert [status for status, _ in answers] == [0, 0], answers
        names = {f"{r}-{n}.jsonl" for r in range(round_ + 1) for n in range(2)}
        jobs = read_jobs(home)
        assert ({job.name for job in jobs}, len(jobs)) == (names, len(names))
        assert {job.state for job in jobs} == {JobState.QUEUED}


def test_of_twenty_hosts_at_once_exactly_one_runs(home: Home, runners: Callable[[int], list[Runner]]) -> None:
    give_base(home)
    twenty = runners(STARTERS)
    for _ in range(CHOSEN or 20):
        for runner in twenty:
            runner.go("host", home.root)
        statuses = [runner.answer()[0] for runner in twenty]
        assert sorted(statuses) == [0] + [3] * (STARTERS - 1)
        winner = twenty[statuses.index(0)]
        winner.go("leave")
        assert winner.answer() == (0, [])
