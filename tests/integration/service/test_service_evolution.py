"""Evolution over the scripted engine: each file is indexed and told of, and runs follow the jobs they belong to."""

from pathlib import Path
from typing import TypeVar

from backend.domain.evolution import EvolutionRun
from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.evolution import folder as places
from backend.paths import Home
from backend.protocol import evolution as e
from backend.protocol import host as p
from backend.reading import Reader
from backend.store.store import Store
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script, gate

SCRIPT = Script(steps=20, seconds=0.001, save_every=5)
Wanted = TypeVar("Wanted")


def asked(bench: Bench, request: p.Request, kind: type[Wanted]) -> Wanted:
    reply = bench.ask(request)
    assert isinstance(reply, kind), reply
    return reply


def runs(bench: Bench) -> tuple[EvolutionRun, ...]:
    return asked(bench, e.ListRuns(), e.RunsReply).runs


def changed(bench: Bench) -> list[tuple[int, int | None, bool]]:
    return [(event.run.id, event.step, event.run.ended) for event in bench.told(e.RunChanged)]


def test_every_snapshot_is_indexed_and_told_of_and_then_the_end(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    job = bench.queue("file")
    bench.train()
    assert changed(bench) == [(1, 0, False), (1, 10, False), (1, 20, False), (1, None, True)]
    (run,) = runs(bench)
    assert (run.job, run.dataset_name, run.steps, run.ended) == (job.id, "file", (0, 10, 20), True)
    reply = asked(bench, e.GetRun(run=run.id, after_step=0), e.RunReply)
    assert [figures.step for figures in reply.figures] == [10, 20]
    assert reply.analysis is not None
    example = reply.examples[1].example_id
    answers = asked(bench, e.GetAnswers(run=run.id, example_id=example), e.AnswersReply).answers
    assert [answer.step for answer in answers] == [0, 10, 20]
    assert asked(bench, e.GetSnapshot(run=run.id, step=10), e.SnapshotReply).snapshot.training_step == 10
    bench.host.close()
    assert Reader(home).handle(e.GetRun(run=run.id, after_step=0)) == reply


def test_what_is_not_there_is_refused_with_what_to_do(open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    for request in (
        e.GetRun(run=7),
        e.GetAnswers(run=7, example_id="0"),
        e.GetSnapshot(run=7, step=0),
        e.PinExample(run=7, example_id="0"),
    ):
        refused = bench.refusal(request)
        assert "7" in refused.message
        assert refused.hint


def test_a_resumed_job_keeps_its_run(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=20, seconds=0.001, save_every=5, wait_at=12))
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(12)
    bench.do(p.StopTraining())
    bench.until_state(HostState.STOPPED)
    bench.train()
    assert [run.steps for run in runs(bench)] == [(0, 10, 20)]


def test_a_job_that_crashed_before_its_first_checkpoint_keeps_its_run(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=20, seconds=0.001, save_every=15, crash_at=12, crash_once=True))
    bench.queue("file")
    bench.train()
    assert [run.steps for run in runs(bench)] == [(0, 10, 20)]


def test_a_snapshot_whose_engine_died_before_telling_is_indexed_at_once(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(Script(steps=20, seconds=0.001, save_every=5, crash_at=14, crash_once=True, gate_at=13))
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(13)
    store = Store.open(home)
    store.evolution.drop_snapshots(1, [10])
    store.close()
    assert runs(bench)[0].steps == (0,)
    gate(home).touch()
    bench.until_event(e.RunChanged, lambda event: event.run.steps == (0, 10) and event.step == 10)
    assert [event.step for event in bench.told(e.RunChanged)] == [0, 10, 10]
    gate(home).touch()
    bench.until_event(p.QueueFinished)


def test_an_undone_job_that_is_trained_again_has_a_new_run_and_the_old_one_stays(open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    job = bench.queue("file")
    bench.train()
    bench.do(p.UndoTraining())
    assert bench.job(job.id).state is JobState.UNDONE
    bench.do(p.RetryJobs(jobs=(job.id,)))
    bench.train()
    assert [(run.job, run.steps, run.ended) for run in runs(bench)] == [(job.id, (0, 10, 20), True)] * 2
    assert len({run.folder for run in runs(bench)}) == 2


def test_a_snapshot_that_is_asked_for_is_told_of(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=20, seconds=0.001, gate_at=7))
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(7)
    bench.do(p.SnapshotNow(reason="look"))
    assert bench.until_event(e.RunChanged, lambda event: event.step not in (0, 10)).step == 7
    bench.do(p.StopTraining())
    bench.until_state(HostState.STOPPED)


def test_a_host_that_died_between_file_and_row_is_caught_up_with(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    bench.queue("file")
    bench.train()
    before = runs(bench)
    (folder,) = places.runs(home.evolution)
    (folder / ".step_000015.json.0123.tmp").write_bytes(b"{")
    bench.host.close()
    store = Store.open(home)
    store.evolution.clear()
    store.close()
    again = open_bench(SCRIPT)
    assert runs(again) == before
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_pins_are_told_of_and_a_typed_one_is_listed(open_bench: OpenBench, home: Home) -> None:
    bench = open_bench(SCRIPT)
    bench.do(e.PinTyped(question="Who are you?", answer="Espalier."))
    (pin,) = bench.until_event(e.PinsChanged).pins
    assert asked(bench, e.ListPins(), e.PinsReply).pins == (pin,)
    bench.host.close()
    assert Reader(home).handle(e.ListPins()) == e.PinsReply(pins=(pin,))
    assert Path(home.pins).is_file()
