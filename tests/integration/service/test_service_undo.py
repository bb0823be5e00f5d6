"""Undo and redo over the scripted engine: the head goes where it was, jobs follow, nothing is deleted."""

import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from backend import files
from backend.domain.head import Head
from backend.domain.job import Job, JobState
from backend.domain.move import MoveState
from backend.domain.status import HostState
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import Mode, Started
from backend.service import Service
from tests.fakes.hosting import Bench, OpenBench, adapter_text, give_base
from tests.fakes.scripted_engine import Script

SCRIPT = Script(steps=6, seconds=0.001, save_every=3)
WAITING = Script(steps=12, seconds=0.001, save_every=3, wait_at=5)
STILL_THERE = (
    "What a trained before it was skipped is still in the head: undo again takes that back too,"
    " and queued again it would be trained twice."
)
UNDOING = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from backend.head.keeper import HeadKeeper
from backend.paths import Home
from backend.protocol import host as p
from backend.service import Service
service = Service(Home(Path(sys.argv[1])), may_train=False)
service.pump()
if sys.argv[4] == "before":
    HeadKeeper.show = lambda self: os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
print(service.handle(p.UndoTraining() if sys.argv[3] == "undo" else p.RedoTraining()), flush=True)
os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


def train(bench: Bench, name: str) -> Job:
    job = bench.queue(name)
    bench.train()
    return bench.job(job.id)


def moves(bench: Bench) -> p.MovesReply:
    reply = bench.ask(p.GetMoves())
    assert isinstance(reply, p.MovesReply), reply
    return reply


def until_told(bench: Bench, *expected: p.MovesChanged) -> None:
    """Until just these were told since the host began."""
    bench.until(lambda: len(bench.told(p.MovesChanged)) >= len(expected), "the moves")
    assert bench.told(p.MovesChanged) == list(expected)


def everything(home: Home) -> dict[str, bytes]:
    """Every file of every run, but for the cards, which say what became of the jobs."""
    found = (path for path in sorted(home.runs.rglob("*")) if path.is_file() and path.name != "job.json")
    return {str(path): path.read_bytes() for path in found}


def shown(home: Home) -> dict[str, bytes]:
    """What programs see of the head."""
    current = {path.name: path.read_bytes() for path in sorted(home.current_model.iterdir()) if path.is_file()}
    return {**current, "head.json": home.head_card.read_bytes()}


def job_end(home: Home, job: Job) -> Path:
    """The checkpoint folder with which a job ended."""
    cards = home.checkpoints(job.id).glob("*/metadata.json")
    (end,) = (card.parent for card in cards if msgspec.json.decode(card.read_bytes())["reason"] == "end")
    return end


def test_undo_thrice_redo_twice_and_new_training_ends_redo(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    heads, seen, jobs = [bench.head()], [shown(home)], []
    for name in ("a", "b", "c"):
        jobs.append(train(bench, name))
        heads.append(bench.head())
        seen.append(shown(home))
    kept = everything(home)
    for at in (2, 1, 0):
        assert moves(bench).undo == f"training of {'abc'[at]}"
        began = time.monotonic()
        bench.do(p.UndoTraining())
        assert time.monotonic() - began < 2
        assert bench.head() == heads[at]
        assert shown(home) == seen[at]
        assert bench.job(jobs[at].id).state is JobState.UNDONE
    for at in (0, 1):
        assert moves(bench).redo == f"training of {'abc'[at]}"
        bench.do(p.RedoTraining())
        assert bench.head() == heads[at + 1]
        assert shown(home) == seen[at + 1]
        assert bench.job(jobs[at].id) == jobs[at]
    assert everything(home) == kept
    fourth = train(bench, "d")
    assert adapter_text(home) == f"{fourth.id}:6"
    assert bench.head().total_steps == 18
    assert (moves(bench).undo, moves(bench).redo) == ("training of d", None)
    assert "nothing to redo" in bench.refusal(p.RedoTraining()).message
    assert bench.job(jobs[2].id).state is JobState.UNDONE
    bench.do(p.UndoTraining())
    assert bench.head() == heads[2]
    assert kept.items() <= everything(home).items()
    history = bench.ask(p.GetHeadHistory())
    assert isinstance(history, p.HeadHistoryReply)
    assert [(move.name, move.state) for move in history.moves] == [
        ("tiny", MoveState.STANDING),
        ("a", MoveState.STANDING),
        ("b", MoveState.STANDING),
        ("c", MoveState.LEFT),
        ("d", MoveState.UNDONE),
    ]


def test_moves_are_told_at_the_start_and_after_every_change(open_bench: OpenBench) -> None:
    untrained = p.MovesChanged(undo="the choice of tiny")
    trained = p.MovesChanged(undo="training of a")
    undone = p.MovesChanged(undo="the choice of tiny", redo="training of a")
    bench = open_bench(SCRIPT)
    until_told(bench, untrained)
    train(bench, "a")
    until_told(bench, untrained, trained)
    bench.do(p.UndoTraining())
    until_told(bench, untrained, trained, undone)
    bench.host.close()
    again = open_bench(SCRIPT)
    until_told(again, undone)
    again.do(p.RedoTraining())
    until_told(again, undone, trained)
    assert moves(again) == p.MovesReply(undo=trained.undo)


def test_undo_takes_all_segments_of_a_job_in_a_row(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(WAITING)
    train_before = bench.head()
    job = bench.queue("a")
    bench.do(p.StartTraining())
    bench.until_step(5)
    bench.do(p.StopTraining())
    bench.until_state(HostState.STOPPED)
    bench.train()
    assert bench.job(job.id).state is JobState.DONE
    bench.do(p.UndoTraining())
    assert bench.head() == train_before
    bench.do(p.RedoTraining())
    assert adapter_text(home) == f"{job.id}:12"


def test_nothing_is_undone_in_the_middle_of_a_training(open_bench: OpenBench) -> None:
    bench = open_bench(WAITING)
    job = bench.queue("a")
    bench.do(p.StartTraining())
    bench.until_step(5)
    for request in (p.UndoTraining(), p.RedoTraining()):
        failure = bench.refusal(request)
        assert "a is running" in failure.message
        assert failure.exit_status == 3
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    assert "a is paused" in bench.refusal(p.UndoTraining()).message
    bench.do(p.StopTraining())
    bench.until_state(HostState.STOPPED)
    stopped = bench.job(job.id)
    bench.do(p.UndoTraining())
    assert bench.job(job.id).state is JobState.UNDONE
    assert bench.status().waiting == 0
    bench.do(p.RedoTraining())
    assert bench.job(job.id) == stopped
    bench.do(p.StartTraining())
    started = bench.until_event(Started, lambda event: event.mode is not Mode.START)
    assert (started.mode, started.step) == (Mode.RESUME, 5)


def test_an_undone_job_queued_again_trains_from_its_beginning_and_its_first_training_stays(
    open_bench: OpenBench, home: Home
) -> None:
    bench = open_bench(SCRIPT)
    first = train(bench, "before")
    job = train(bench, "a")
    files.write(home.ledger(job.id), b"lines of the first training\n")
    bench.do(p.UndoTraining())
    point = job_end(home, job)
    kept = everything(home)
    bench.do(p.RetryJobs(jobs=(job.id,)))
    assert "queued again" in bench.refusal(p.RedoTraining()).message
    bench.do(p.StartTraining())
    started = bench.until_event(Started, lambda event: event.job == job.id and event.step == 0)
    bench.until_event(p.QueueFinished)
    assert started.mode is Mode.START
    assert bench.head().total_steps == 12
    assert first.state is JobState.DONE
    ledger = str(home.ledger(job.id))
    assert {path: kept[path] for path in kept if path.startswith(str(point))}.items() <= everything(home).items()
    assert bench.job(job.id).state is JobState.DONE
    assert (home.run(job.id) / "ledger-before-segment-2.jsonl").read_bytes() == kept[ledger]


def test_a_skipped_job_resumes_exactly_once_the_one_after_it_is_undone(open_bench: OpenBench) -> None:
    bench = open_bench(WAITING)
    skipped = bench.queue("a")
    later = bench.queue("b")
    bench.do(p.StartTraining())
    bench.until_step(5)
    bench.do(p.SkipJob())
    bench.until_event(p.JobChanged, lambda event: event.job.id == later.id and event.job.state is JobState.DONE)
    bench.until_event(p.QueueFinished)
    assert moves(bench).undo == "training of a"
    bench.do(p.UndoTraining())
    assert moves(bench).undo == "training of b"
    assert bench.job(skipped.id).state is JobState.UNDONE
    assert bench.job(later.id).state is JobState.DONE
    bench.do(p.UndoTraining())
    assert moves(bench).undo == "training of a"


def test_both_stretches_of_a_skipped_job_are_undone_and_come_back(open_bench: OpenBench) -> None:
    bench = open_bench(WAITING)
    heads = [bench.head()]
    skipped, later = bench.queue("a"), bench.queue("b")
    bench.do(p.StartTraining())
    bench.until_step(5)
    bench.do(p.SkipJob())
    bench.until_event(p.QueueFinished)
    done = [bench.job(job.id) for job in (skipped, later)]
    for words in (f"training of a. {STILL_THERE}", "training of b.", "training of a."):
        assert bench.do(p.UndoTraining()) == f"Undone: {words}"
        heads.append(bench.head())
    assert heads[-1] == heads[0]
    assert bench.states() == {"a": JobState.UNDONE, "b": JobState.UNDONE}
    for at in (2, 1):
        bench.do(p.RedoTraining())
        assert bench.head() == heads[at]
    bench.do(p.RedoTraining())
    assert [bench.job(job.id) for job in (skipped, later)] == done
    assert moves(bench) == p.MovesReply(undo="training of a")


def test_a_job_undone_by_its_last_stretch_begins_anew_though_its_first_is_in_the_head(open_bench: OpenBench) -> None:
    bench = open_bench(WAITING)
    skipped = bench.queue("a")
    bench.queue("b")
    bench.do(p.StartTraining())
    bench.until_step(5)
    bench.do(p.SkipJob())
    bench.until_event(p.QueueFinished)
    words = bench.do(p.UndoTraining())
    assert words == f"Undone: training of a. {STILL_THERE}"
    bench.do(p.RetryJobs(jobs=(skipped.id,)))
    assert bench.do(p.EditJob(job=skipped.id, changes={"epochs": "2"})) == "a trains with epochs = 2."
    assert bench.train().done == 1
    assert (bench.told(Started)[-1].mode, bench.told(Started)[-1].step) == (Mode.START, 0)
    assert bench.head().total_steps == 5 + 12 + 12


def test_the_choice_of_a_model_is_undone_with_its_adapter(open_bench: OpenBench, home: Home) -> None:
    give_base(home, "other")
    bench = open_bench(SCRIPT)
    bench.do(p.PutSetting(key="adapter.r", value="4"))
    bench.do(p.UseModel(slug="tiny"))
    train(bench, "a")
    before = bench.head()
    bench.do(p.PutSetting(key="adapter.r", value="8"))
    bench.do(p.UseModel(slug="other"))
    after = bench.head()
    assert (before.adapter.r, after.adapter.r) == (4, 8)
    bench.do(p.UndoTraining())
    assert bench.head() == before
    bench.do(p.RedoTraining())
    assert bench.head() == after


def test_undo_stops_where_nothing_is_left(open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    bench.do(p.UndoTraining())
    assert bench.head() == Head()
    failure = bench.refusal(p.UndoTraining())
    assert "nothing to undo" in failure.message
    assert failure.exit_status == 2
    bench.do(p.RedoTraining())
    assert bench.head().base == "tiny"


def test_a_damaged_checkpoint_is_never_stood_on(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    jobs = [train(bench, name) for name in ("a", "b")]
    head = bench.head()
    (job_end(home, jobs[0]) / "adapter_model.safetensors").write_bytes(b"x")
    failure = bench.refusal(p.UndoTraining())
    assert "adapter_model.safetensors" in failure.message
    assert bench.head() == head
    assert moves(bench).undo == "training of a and training of b"
    bench.do(p.UndoTraining())
    assert bench.head().checkpoint is None
    assert {bench.job(job.id).state for job in jobs} == {JobState.UNDONE}
    assert "adapter_model.safetensors" not in bench.do(p.RedoTraining())
    assert bench.head() == head


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_host_killed_in_the_middle_of_undo_or_redo_is_before_or_after_it(
    open_bench: OpenBench, home: Home, when: str
) -> None:
    bench = open_bench(SCRIPT)
    jobs = [train(bench, name) for name in ("a", "b")]
    heads = [bench.head()]
    seen = [shown(home)]
    bench.do(p.UndoTraining())
    heads.append(bench.head())
    seen.append(shown(home))
    bench.do(p.RedoTraining())
    bench.host.close()
    for at, action in ((1, "undo"), (0, "redo")):
        root = str(Path(__file__).parents[3])
        killed = subprocess.run(
            [sys.executable, "-c", UNDOING, home.root, root, action, when], check=False, capture_output=True
        )
        assert killed.returncode != 0
        assert (b"Done" in killed.stdout) is (when == "after"), killed
        for _ in range(2):
            service = Service(home, may_train=False)
            again = Bench(service, home)
            assert again.head() == heads[at]
            assert shown(home) == seen[at]
            assert again.job(jobs[1].id).state is (JobState.UNDONE if at else JobState.DONE)
            service.close()
