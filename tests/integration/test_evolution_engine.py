"""Snapshots while the real engine trains the tiny model."""

import errno
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend import files
from backend.domain.conversation import Role, Turn
from backend.domain.evolution import Forgetting
from backend.domain.head import Base
from backend.domain.pin import Pin
from backend.domain.snapshot import LeftOut, Reason, Source
from backend.engine.evolution.taking import Taking
from backend.engine.training.batches import micro_batches
from backend.engine.training.memory import OutOfMemory
from backend.errors import NoSpace
from backend.evolution import pins
from backend.evolution.keeper import EvolutionKeeper
from backend.evolution.requests import EvolutionRequests
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.engine import (
    Activity,
    EngineCommand,
    EvolutionEnded,
    LogLine,
    Metric,
    Mode,
    Outcome,
    Pause,
    Paused,
    Resume,
    SnapshotFailed,
    SnapshotTaken,
    Stop,
    TakeSnapshot,
)
from backend.protocol.evolution import GuardedExample, GuardedRun, PinExample
from backend.store.store import Store
from tests.drivers.segments import Job, adapter_bytes
from tests.drivers.snapshots import folder, names, taken, watched

MakeJob = Callable[..., Job]


@pytest.fixture
def job(tmp_path: Path, tiny_base: Base, sample_rows: Callable[[int], Any]) -> MakeJob:
    """A job of 15 steps in a home of its own, with all the time that snapshots want."""

    def made(name: str = "job", rows: Any = None, **settings: Any) -> Job:
        home = Home(tmp_path / name)
        home.create()
        fields = {"rows_per_step": 8, "epochs": 3, "evolution_examples": 8, "evolution_budget": 100, **settings}
        return Job(home, tiny_base, rows or sample_rows(36), **fields)

    return made


def test_start_schedule_and_end_are_on_disk_with_losses_that_fall(job: MakeJob) -> None:
    one = job()
    told = one.train(watched(one))
    assert told.ended.outcome is Outcome.DONE
    found = taken(one)
    assert [(step, s.reason) for step, s in found.items()] == [
        (0, Reason.START),
        (10, Reason.SCHEDULE),
        (15, Reason.END),
    ]
    losses = [found[step].summary.avg_loss or 0.0 for step in (0, 10, 15)]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > losses[-1] + 0.2
    assert all(one.loss is not None and one.model_output is not None for s in found.values() for one in s.examples)
    assert [event.step for event in told.of(SnapshotTaken)] == [0, 10, 15]
    assert all(files.sha256(Path(event.path)) == event.sha256 for event in told.of(SnapshotTaken))
    assert {stat.S_IMODE((folder(one) / name).stat().st_mode) for name in names(one)} == {0o444}


def test_the_end_is_told_last_and_after_the_checkpoint(job: MakeJob) -> None:
    one = job()
    told = one.train(watched(one))
    kinds = [type(event) for event in told]
    (ended,) = told.of(EvolutionEnded)
    assert (Path(ended.folder) / "analysis.json").exists()
    assert told[-2:] == [ended, told.ended]
    assert kinds.index(EvolutionEnded) > len(kinds) - 1 - kinds[::-1].index(type(told.saved[0]))


def test_up_to_a_quarter_of_the_panel_was_never_trained(job: MakeJob, sample_rows: Callable[[int], Any]) -> None:
    one = job(rows=sample_rows(60), heldout_share=0.1, evolution_examples=12, epochs=1)
    one.train(watched(one))
    examples = taken(one)[0].examples
    held = {example.line for example in examples if example.heldout}
    assert (len(examples), len(held)) == (12, 3)
    assert held.isdisjoint({line for entry in one.entries() for line in entry.samples})


def test_training_is_the_same_to_the_bit_with_and_without(job: MakeJob) -> None:
    plain, seen = job("plain", dropout=0.2), job("seen", dropout=0.2)  # dropout draws random numbers too
    without = plain.train(plain.command())
    wishes: dict[int, EngineCommand] = dict.fromkeys(range(15), TakeSnapshot())
    with_snapshots = seen.train(watched(seen), wishes)
    assert len(taken(seen)) == 16
    assert adapter_bytes(seen_saved := with_snapshots.saved[-1]) == adapter_bytes(without.saved[-1])
    assert seen_saved.step == 15
    assert seen.ledger() == plain.ledger()


def test_a_resumed_training_is_the_same_to_the_bit_with_and_without(job: MakeJob) -> None:
    plain, seen = job("plain", dropout=0.2), job("seen", dropout=0.2)
    without = plain.train(plain.command())
    wishes: dict[int, EngineCommand] = {4: TakeSnapshot(), 7: Stop()}
    first = seen.train(watched(seen), wishes)
    again = seen.train(watched(seen, Mode.RESUME, resume_from=first.saved[-1].path), {0: TakeSnapshot()})
    assert list(taken(seen)) == [0, 4, 7, 10, 15]
    assert adapter_bytes(again.saved[-1]) == adapter_bytes(without.saved[-1])
    assert seen.ledger() == plain.ledger()


def test_without_a_budget_none_is_taken_by_itself(job: MakeJob) -> None:
    one = job(evolution_budget=0)
    told = one.train(watched(one))
    assert names(one) == []
    assert not told.of(SnapshotTaken)
    assert not told.of(EvolutionEnded)


def test_what_the_budget_leaves_out_is_stored_with_the_reason(job: MakeJob) -> None:
    one = job(evolution_budget=0.001)
    assert one.train(watched(one)).ended.outcome is Outcome.DONE
    found = taken(one)
    assert {example.left_out for example in found[10].examples} == {LeftOut.BUDGET}
    assert (found[10].summary.total_examples, found[10].summary.scored, found[10].summary.answered) == (8, 0, 0)
    assert found[0].summary.answered == found[15].summary.answered == 8


def test_what_is_asked_for_is_taken_whole_whatever_the_budget(job: MakeJob) -> None:
    one = job(evolution_budget=0)
    told = one.train(watched(one), {3: TakeSnapshot()})
    assert [event.step for event in told.of(SnapshotTaken)] == [3]
    (snapshot,) = taken(one).values()
    assert snapshot.reason is Reason.REQUEST
    assert snapshot.summary.answered == snapshot.summary.scored == 8
    assert told.of(EvolutionEnded)


def test_asked_for_after_the_last_step_it_is_taken_whole_too(job: MakeJob) -> None:
    one = job(evolution_budget=0)
    one.train(watched(one), {14: TakeSnapshot()}, {SnapshotTaken: TakeSnapshot()})
    assert list(taken(one)) == [14, 15]
    assert taken(one)[15].summary.answered == 8


def test_asked_for_after_every_step_it_is_taken_after_every_step(job: MakeJob) -> None:
    one = job(epochs=1)
    told = one.train(watched(one), then={SnapshotTaken: TakeSnapshot()})
    assert [event.step for event in told.of(SnapshotTaken)] == list(range(6))


def test_asked_for_where_the_time_did_not_suffice_the_next_step_has_the_whole(job: MakeJob) -> None:
    one = job(evolution_budget=0.001)

    class AskAtOnce(dict[type, EngineCommand]):
        def __contains__(self, kind: object) -> bool:
            return kind is SnapshotTaken and 10 in taken(one) and 11 not in taken(one)

        def __getitem__(self, kind: type) -> EngineCommand:
            return TakeSnapshot()

    told = one.train(watched(one), then=AskAtOnce({SnapshotTaken: TakeSnapshot()}))
    assert [event.step for event in told.of(SnapshotTaken)] == [0, 10, 11, 15]
    assert (taken(one)[10].summary.answered, taken(one)[11].summary.answered) == (0, 8)


def test_asked_for_twice_while_paused_the_first_one_answers_both(job: MakeJob) -> None:
    one = job(evolution_budget=0)
    answers: list[EngineCommand] = [TakeSnapshot(), Resume()]

    class Twice(dict[type, EngineCommand]):
        def __contains__(self, kind: object) -> bool:
            return kind in (Paused, SnapshotTaken)

        def __getitem__(self, kind: type) -> EngineCommand:
            return TakeSnapshot() if kind is Paused else answers.pop(0)

    told = one.train(watched(one), {4: Pause()}, Twice({Paused: TakeSnapshot()}))
    assert [event.step for event in told.of(SnapshotTaken)] == [4, 4]
    assert told.ended.outcome is Outcome.DONE


def test_a_paused_engine_takes_one_at_once(job: MakeJob) -> None:
    one = job(evolution_budget=0)
    told = one.train(watched(one), {4: Pause()}, {Paused: TakeSnapshot(), SnapshotTaken: Resume()})
    assert [event.step for event in told.of(SnapshotTaken)] == [4]
    assert told.ended.outcome is Outcome.DONE


def test_a_job_without_an_order_says_that_it_takes_none(job: MakeJob) -> None:
    one = job()
    told = one.train(one.command(), {2: TakeSnapshot()})
    assert [event.step for event in told.of(SnapshotFailed)] == [2]
    assert told.ended.outcome is Outcome.DONE


def test_a_stop_breaks_a_snapshot_off_and_it_is_taken_when_training_goes_on(job: MakeJob) -> None:
    one = job()
    stopped = one.train(watched(one), then=StopInSnapshot(10))
    assert (stopped.ended.outcome, stopped.ended.step) == (Outcome.STOPPED, 10)
    assert list(taken(one)) == [0]
    command = watched(one, Mode.RESUME, resume_from=stopped.saved[-1].path)
    assert [event.step for event in one.train(command).of(SnapshotTaken)] == [10, 15]


def test_a_wish_that_a_stop_leaves_behind_is_answered(job: MakeJob) -> None:
    one = job(evolution_budget=0)
    told = one.train(watched(one), {3: TakeSnapshot()}, then=StopInSnapshot(3))
    assert told.ended.outcome is Outcome.STOPPED
    (failed,) = told.of(SnapshotFailed)
    assert (failed.step, "left before" in failed.message, bool(failed.hint)) == (told.ended.step, True, True)
    assert taken(one) == {}


class StopInSnapshot(dict[type, EngineCommand]):
    """Stops at the first sign of the snapshot that follows so many metrics."""

    def __init__(self, step: int) -> None:
        super().__init__({Metric: Resume()})
        self._left = step

    def __contains__(self, kind: object) -> bool:
        self._left -= kind is Metric
        return self._left == 0 and kind is Activity

    def __getitem__(self, kind: type) -> EngineCommand:
        return Stop()


def test_a_pause_breaks_a_snapshot_off_and_it_is_taken_after_it(job: MakeJob) -> None:
    one = job()

    class PauseOnce(StopInSnapshot):
        def __contains__(self, kind: object) -> bool:
            return kind is Paused or super().__contains__(kind)

        def __getitem__(self, kind: type) -> EngineCommand:
            if kind is Paused:
                return Resume()
            self._left = -1
            return Pause()

    told = one.train(watched(one), then=PauseOnce(10))
    assert [event.step for event in told.of(Paused)] == [10]
    assert [event.step for event in told.of(SnapshotTaken)] == [0, 10, 15]


def test_at_the_jobs_end_a_wish_leaves_what_was_taken(job: MakeJob) -> None:
    one = job()
    told = one.train(watched(one), then=StopInSnapshot(15))
    assert told.ended.outcome is Outcome.DONE
    last = taken(one)[15]
    assert {example.left_out for example in last.examples} == {LeftOut.INTERRUPTED}
    assert told.of(EvolutionEnded)


def test_a_job_that_ended_before_its_last_snapshot_takes_only_that(job: MakeJob) -> None:
    one = job()
    done = one.train(watched(one))
    before = {name: (folder(one) / name).stat().st_mtime_ns for name in names(one)}
    for name in ("step_000015.json", "analysis.json"):
        (folder(one) / name).unlink()
    again = one.train(watched(one, Mode.RESUME, resume_from=done.saved[-1].path))
    assert again.ended.outcome is Outcome.DONE
    assert [event.step for event in again.of(SnapshotTaken)] == [15]
    assert set(names(one)) == set(before)
    assert (folder(one) / "step_000010.json").stat().st_mtime_ns == before["step_000010.json"]
    assert again.of(EvolutionEnded)
    assert not again.of(Metric)


def test_memory_that_runs_out_in_a_snapshot_is_met_with_fewer_at_a_time(
    job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = job(epochs=1)
    real, sizes = micro_batches, []

    def batches(examples: Any, budget: int) -> Any:
        sizes.append(len(examples))
        if len(examples) > 2:
            raise OutOfMemory
        return real(examples, budget)

    monkeypatch.setattr("backend.engine.evolution.losses.micro_batches", batches)
    told = one.train(watched(one))
    assert told.ended.outcome is Outcome.DONE
    assert taken(one)[0].summary.scored == 8
    assert max(sizes) > 2


def test_memory_that_does_not_suffice_for_one_leaves_it_out(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    one = job(epochs=1)

    def batches(examples: Any, budget: int) -> Any:
        raise OutOfMemory

    monkeypatch.setattr("backend.engine.evolution.losses.micro_batches", batches)
    assert one.train(watched(one)).ended.outcome is Outcome.DONE
    assert {example.left_out for example in taken(one)[0].examples} == {LeftOut.MEMORY}


def test_a_bug_in_evolution_ends_no_training_and_is_told_once(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, one = job("plain", dropout=0.2), job(dropout=0.2)
    without = plain.train(plain.command())

    def broken(self: Taking, *_: object) -> None:
        raise ZeroDivisionError("made for the test")

    monkeypatch.setattr(Taking, "_take", broken)
    told = one.train(watched(one))
    assert told.ended.outcome is Outcome.DONE
    assert [event.step for event in told.of(SnapshotFailed)] == [0]
    assert any("ZeroDivisionError" in line.text for line in told.of(LogLine))
    assert adapter_bytes(told.saved[-1]) == adapter_bytes(without.saved[-1])


def test_a_full_disk_costs_a_snapshot_and_no_training(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    one = job()
    real = files.write

    def write(path: Path, content: bytes, mode: int = 0o644) -> str:
        if path.name == "step_000010.json":
            raise NoSpace("The disk is full.", "Free some space.")
        return real(path, content, mode)

    monkeypatch.setattr(files, "write", write)
    told = one.train(watched(one))
    assert told.ended.outcome is Outcome.DONE
    assert [event.step for event in told.of(SnapshotFailed)] == [10]
    assert list(taken(one)) == [0, 15]


def pin(question: str, answer: str) -> Pin:
    return pins.typed(question, answer, "", "2026-11-25T00:00:00.000Z")


def test_a_disk_that_fails_once_costs_one_snapshot(job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(path: Path, content: bytes, mode: int = 0o644) -> str:
        if path.name == "step_000010.json":
            raise OSError(errno.EIO, "Input/output error", str(path))
        return real(path, content, mode=mode)

    real = files.write
    monkeypatch.setattr(files, "write", write)
    one = job()
    told = one.train(watched(one))
    (failed,) = told.of(SnapshotFailed)
    assert (failed.step, "Input/output error" in failed.message) == (10, True)
    assert list(taken(one)) == [0, 15]
    assert told.of(EvolutionEnded)


def test_pinned_examples_are_in_the_panel_once(job: MakeJob, sample_rows: Callable[[int], Any]) -> None:
    one = job(epochs=1)
    rows = [row["messages"] for row in sample_rows(36)]
    pinned = (*tuple(pin(row[0]["content"], row[1]["content"]) for row in rows), pin("Who?", "Nobody."))
    one.train(watched(one, pins=pinned))
    examples = taken(one)[0].examples
    assert len(examples) == len({example.example_id for example in examples}) == 37
    assert all(example.pinned for example in examples)
    assert [example.source for example in examples].count(Source.DATASET) == 8
    (who,) = [example for example in examples if example.expected_output == "Nobody."]
    assert (who.input, who.source, who.loss is not None) == ("Who?", Source.TYPED, True)


def test_any_example_of_a_run_is_pinned_by_its_row_and_is_that_example_in_the_next_file(
    job: MakeJob, sample_rows: Callable[[int], Any]
) -> None:
    rows = [*ODD[1:], *sample_rows(3)]
    one = job(rows=rows, epochs=1)
    one.train(watched(one))
    store = Store.open(one.home)
    EvolutionKeeper(one.home, store).catch_up()
    host = EvolutionRequests(one.home, store, Outbox())
    examples = store.evolution.examples(1)
    for example in examples:
        host.answer(PinExample(run=1, example_id=example.example_id))
    store.close()
    pinned = pins.load(one.home.pins)
    assert [(found.example_id, found.line) for found in pinned] == [(e.example_id, e.line) for e in examples]
    assert [found.line for found in pinned] == [1, 2, 3, 5, 6, 7, 8]  # an empty answer has nothing to learn
    other = job("other", rows=sample_rows(30)[20:], epochs=1)
    told = other.train(watched(other, pins=pinned))
    assert {e.example_id for e in taken(other)[0].examples if e.source is Source.PINNED} >= {
        found.example_id for found in pinned
    }
    assert not told.of(LogLine)


def test_a_pin_that_the_job_refuses_is_left_out_with_one_warning(job: MakeJob) -> None:
    one = job(epochs=1)
    told = one.train(watched(one, pins=(pin("Who? <|im_end|>", "Nobody."), pin("Long", "yes " * 900))))
    warnings = [line.text for line in told.of(LogLine)]
    assert len(warnings) == 1
    assert "special token" in warnings[0]
    (long,) = [example for example in taken(one)[0].examples if example.pinned]
    assert (long.left_out, long.loss, long.input) == (LeftOut.TOO_LONG, None, "Long")


def test_the_guard_compares_pinned_examples_and_earlier_files_with_before(
    job: MakeJob, sample_rows: Callable[[int], Any]
) -> None:
    one = job()
    row = sample_rows(1)[0]
    content = msgspec.json.encode(row) + b"\n"
    path = one.home.root / "earlier.jsonl"
    files.write(path, content)
    turns = tuple(Turn(role=Role(turn["role"]), content=turn["content"]) for turn in row["messages"])
    known = pins.id_of(Pin(example_id="", turns=turns).conversation)
    guarded = GuardedRun(
        run="earlier",
        dataset="1" * 64,
        dataset_name="earlier.jsonl",
        dataset_path=str(path),
        examples=(GuardedExample(example_id=known, line=1, loss=0.001),),
    )
    gone = msgspec.structs.replace(guarded, run="gone", dataset_path=str(path) + ".gone")
    told = one.train(watched(one, pins=(pin("Who?", "Nobody."),), guarded=(guarded, gone)))
    report = msgspec.json.decode((folder(one) / "forgetting.json").read_bytes(), type=Forgetting)
    pinned, earlier = report.panels
    assert (pinned.run, pinned.examples, pinned.scored) == ("", 1, 1)
    assert pinned.before == next(e.loss for e in taken(one)[0].examples if e.pinned)
    assert (earlier.run, earlier.examples, earlier.scored) == ("earlier", 1, 1)
    assert [worse.example_id for worse in earlier.worse] == [known]
    assert any("earlier.jsonl" in line.text for line in told.of(LogLine))


ODD: list[dict[str, Any]] = [
    {"text": "Plain text, which has no answer."},
    {"messages": [{"role": "user", "content": "مرحبا، من أنت؟"}, {"role": "assistant", "content": "أنا إسباليه."}]},
    {"messages": [{"role": "user", "content": "👩‍👩‍👧‍👦?"}, {"role": "assistant", "content": "🌳🇫🇷"}]},
    {
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "Two."},
            {"role": "user", "content": "Three?"},
            {"role": "assistant", "content": "Four."},
        ]
    },
    {"messages": [{"role": "user", "content": "Say nothing."}, {"role": "assistant", "content": ""}]},
    {
        "conversations": [
            {"from": "human", "value": "The time?"},
            {"from": "function_call", "value": '{"name": "clock", "arguments": {"zone": "UTC"}}'},
        ]
    },
]


def test_odd_rows_are_shown_as_they_are(job: MakeJob) -> None:
    one = job(rows=ODD, epochs=1)
    assert one.train(watched(one)).ended.outcome is Outcome.DONE
    by_line = {example.line: example for example in taken(one)[0].examples}
    text = by_line[1]
    assert (text.input, text.expected_output, text.model_output) == ("", ODD[0]["text"], None)
    assert text.left_out is LeftOut.NO_ANSWER
    assert text.loss is not None
    assert (by_line[2].input, by_line[2].expected_output) == ("مرحبا، من أنت؟", "أنا إسباليه.")
    assert by_line[3].expected_output == "🌳🇫🇷"
    assert by_line[4].input == "system: Be short.\n\nuser: One?\n\nassistant: Two.\n\nuser: Three?"
    assert by_line[4].expected_output == "Four."
    assert (by_line[6].input, by_line[6].left_out) == ("The time?", None)
    assert "clock" in by_line[6].expected_output
    assert all(one.stopped is False and one.output_length for one in by_line.values() if one.line in (2, 3))


def test_a_long_answer_is_cut_where_the_context_ends(job: MakeJob) -> None:
    rows = [{"messages": [{"role": "user", "content": "Go"}, {"role": "assistant", "content": "Two. " * 150}]}]
    one = job(rows=rows, epochs=1)
    one.train(watched(one))
    (example,) = taken(one)[0].examples
    assert example.stopped is False
    assert example.output_length == 512 - (example.length - example.expected_length - 2)


def test_a_row_that_is_cut_expects_what_is_left_of_its_answer(job: MakeJob) -> None:
    rows = [{"messages": [{"role": "user", "content": "Go"}, {"role": "assistant", "content": "Two. " * 150}]}]
    one = job(rows=rows, epochs=1, max_length=60, cut_long_rows=True)
    one.train(watched(one))
    (example,) = taken(one)[0].examples
    assert example.expected_output.startswith("Two. Two.")
    assert len(example.expected_output) < 750
    assert example.loss is not None
    assert example.model_output is not None
