"""`train FILES` beside another host: it follows its own files to their end, whatever was told before it began."""

import itertools
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.protocol import host as p
from tests.fakes.command_line import CommandLine, Ended, Going
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script, gate

WriteRows = Callable[[str], Path]
GATED = Script(steps=4, gate_at=2)


def until_queued(bench: Bench, tell: Callable[[], object]) -> None:
    """Let the host tell something between every two requests, until a file is queued."""

    def told_and_queued() -> bool:
        tell()
        return bool(bench.jobs())

    bench.until(told_and_queued, "the file in the queue")


def until_step(bench: Bench, follower: Going, step: int) -> None:
    """Pump while the follower is heard in a thread of its own."""
    with ThreadPoolExecutor(1) as ear:
        heard = ear.submit(follower.until_step, step)
        bench.until(heard.done, f"step {step} at the follower")
        heard.result()


def until_ended(bench: Bench, follower: Going) -> Ended:
    bench.until(lambda: follower.process.poll() is not None, "the end of the follower")
    return follower.end()


def test_a_queue_that_finished_before_is_not_the_end_of_the_file(
    cli: CommandLine, rows: WriteRows, open_bench: OpenBench
) -> None:
    bench = open_bench(GATED)
    follower = cli.start("train", rows("followed"), "--json")
    until_queued(bench, lambda: bench.do(p.StartTraining()))
    assert bench.told(p.QueueFinished)
    until_step(bench, follower, 2)
    gate(bench.home).touch()
    ended = until_ended(bench, follower)
    assert (ended.status, ended.err) == (0, "")
    assert (ended.lines[-1]["event"], ended.lines[-1]["done"], ended.lines[-1]["step"]) == ("finished", 1, 4)


def test_a_stop_of_before_is_not_the_end_of_the_file(cli: CommandLine, rows: WriteRows, open_bench: OpenBench) -> None:
    bench = open_bench(GATED)
    follower = cli.start("train", rows("followed"), "--json")
    reasons = itertools.count()
    until_queued(bench, lambda: bench.do(p.StopTraining(reason=f"stop {next(reasons)}")))
    until_step(bench, follower, 2)
    gate(bench.home).touch()
    ended = until_ended(bench, follower)
    assert (ended.status, ended.lines[-1]["done"], ended.lines[-1]["stopped"]) == (0, 1, False)


def test_without_files_it_follows_to_the_end_of_the_queue(
    cli: CommandLine, rows: WriteRows, open_bench: OpenBench
) -> None:
    bench = open_bench(GATED)
    bench.queue("one")
    follower = cli.start("train", "--json")
    until_step(bench, follower, 2)
    gate(bench.home).touch()
    assert until_ended(bench, follower).lines[-1]["done"] == 1
    follower = cli.start("train", "--json")
    ended = until_ended(bench, follower)
    assert (ended.status, ended.lines[-1]["done"]) == (0, 0)


def test_a_full_disk_ends_the_follower_with_status_3_and_the_words_of_the_host(
    cli: CommandLine, rows: WriteRows, open_bench: OpenBench
) -> None:
    bench = open_bench(Script(steps=8, full_at=6))
    ended = until_ended(bench, cli.start("train", rows("big"), "--json"))
    assert ended.status == 3
    last = ended.lines[-1]
    assert (last["event"], last["error"], last["file"]) == ("finished", "The disk is full.", "big.jsonl")
    again = until_ended(bench, cli.start("train", "--json"))
    assert (again.status, again.lines[-1]["done"]) == (0, 1)


def test_what_becomes_of_other_files_is_not_the_followers(
    cli: CommandLine, rows: WriteRows, open_bench: OpenBench
) -> None:
    bench = open_bench(Script(steps=4, refuse="bad"))
    bench.do(p.PauseTraining())
    bench.queue("bad")
    bench.queue("good")
    follower = cli.start("train", rows("followed"))
    bench.until(lambda: bench.states().get("followed.jsonl") is JobState.DONE, "the file")
    ended = until_ended(bench, follower)
    assert ended.status == 0
    assert "followed.jsonl is queued as job 3; 2 go before it." in ended.err
    assert "followed.jsonl: done" in ended.out
    assert "bad: failed" not in ended.out
    assert "good:" not in ended.out


def starts(bench: Bench) -> int:
    reply = bench.ask(p.GetHistory())
    assert isinstance(reply, p.HistoryReply)
    return [entry.what for entry in reply.entries].count("start")


@pytest.mark.skipif(sys.platform == "win32", reason="there a console alone sends Ctrl-C")
def test_a_follower_that_is_interrupted_says_that_its_file_waits(
    cli: CommandLine, rows: WriteRows, open_bench: OpenBench
) -> None:
    bench = open_bench(Script(steps=4000, seconds=0.01))
    bench.queue("first")
    bench.do(p.StartTraining())
    bench.until_step(1)
    follower = cli.start("train", rows("followed"))
    bench.until(lambda: starts(bench) == 2, "the follower's start")
    follower.process.send_signal(signal.SIGINT)
    ended = until_ended(bench, follower)
    assert ended.status == 0
    assert "followed.jsonl: waits as job 2" in ended.out
    assert "Training goes on in the other program" in ended.out
    assert bench.status().state is HostState.TRAINING
