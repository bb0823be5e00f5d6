"""Consolidation by the host, over the scripted engine: a version and a head on it, or all as before."""

import pytest

from backend import files, reading
from backend.domain.move import MoveKind
from backend.domain.operation import OperationState
from backend.domain.status import HostState
from backend.domain.version import Precision
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from backend.protocol.engine import Mode, Started
from backend.versions import folder as places
from tests.fakes import scripted_merge, version_host
from tests.fakes.hosting import Bench, OpenBench, adapter_text
from tests.fakes.scripted_engine import Script
from tests.fakes.scripted_snapshots import EXAMPLES

SCRIPT = Script(steps=6, seconds=0.001, save_every=3)


def plan(bench: Bench) -> k.ConsolidationPlan:
    reply = bench.ask(k.GetConsolidation())
    assert isinstance(reply, k.ConsolidationPlan), reply
    return reply


def test_a_consolidation_makes_a_version_and_the_head_stands_on_it(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.train(bench, "a.jsonl")
    before, adapter = bench.head(), adapter_text(home)
    text = version_host.done(bench, k.Consolidate(description="first", tags=("good",)))
    assert "v001" in text
    (version,) = version_host.versions(bench)
    head = bench.head()
    assert (head.base, head.checkpoint, head.adapter, head.total_steps) == ("v001", None, before.adapter, 6)
    card = version.card
    assert (card.parent.base, card.parent.version, card.lineage, card.tags) == ("tiny", None, (), ("good",))
    assert [(job.name, job.rows, job.steps, job.ended) for job in card.jobs] == [("a.jsonl", 1, 6, True)]
    folder = home.root / version.path
    assert folder.name.startswith("v001_")
    assert folder.name.endswith("_a")
    assert (folder / "adapter" / "adapter_model.safetensors").read_text() == adapter
    assert places.verify(folder, version.sums_sha256) == card
    assert (home.latest_version / "metadata.json").read_bytes() == (folder / "metadata.json").read_bytes()
    assert {p.ModelAdded, k.VersionsChanged, k.BackupsChanged, p.HeadChanged} <= {type(e) for e in bench.events}


def test_training_goes_on_on_the_version_and_the_next_one_descends_from_it(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    bench.queue("a.jsonl", again=True)
    bench.queue("b.jsonl")
    bench.train()
    assert (bench.head().base, bench.head().total_steps) == ("v001", 18)
    version_host.done(bench, k.Consolidate(name="Second one!"))
    first, second = (version.card for version in version_host.versions(bench))
    assert (second.parent.base, second.parent.version, second.lineage) == ("v001", "v001", ("v001",))
    assert second.parent.sha256 == version_host.versions(bench)[0].sums_sha256
    assert [job.name for job in second.jobs] == ["a.jsonl", "b.jsonl"]
    assert (first.total_steps, second.total_steps, second.slug) == (6, 18, "second-one")
    assert home.latest_version.resolve().name.startswith("v002_")
    comparison = bench.ask(k.CompareVersions(one="v001", other="v002"))
    assert isinstance(comparison, k.VersionComparison)
    assert (comparison.common, comparison.only_one, comparison.only_other) == ("v001", (), ("a.jsonl", "b.jsonl"))
    assert [difference.key for difference in comparison.settings] == ["base"]
    assert len(comparison.examples) == EXAMPLES, "those of the file that both were trained on"
    assert all(one.one_answer is not None and one.one_answer == one.other_answer for one in comparison.examples)
    assert reading.read_versions(home, k.CompareVersions(one="v001", other="v002")) == comparison


def test_the_plan_says_what_a_consolidation_would_do(open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    assert "Nothing was trained" in plan(bench).refusal
    assert bench.refusal(k.Consolidate()).exit_status == 3
    version_host.train(bench, "a.jsonl")
    told = plan(bench)
    assert (told.refusal, told.version, told.jobs, told.base) == ("", "v001", ("a.jsonl",), "tiny")
    assert 0 < told.version_bytes < told.float32_bytes
    assert told.backup_bytes > 0
    assert told.needed_bytes > told.float32_bytes + told.backup_bytes + files.RESERVE_BYTES


def test_a_refused_merge_leaves_everything_and_says_the_figures(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=6, seconds=0.001, merge=scripted_merge.REFUSED))
    version_host.train(bench, "a.jsonl")
    before = bench.head()
    over = version_host.failed(bench, k.Consolidate())
    assert over.exit_status == 3
    assert "in bfloat16 1.7400, which keeps 26.0 %" in over.text
    assert (bench.head(), version_host.versions(bench), places.all_in(home.versions)) == (before, (), [])
    assert plan(bench).version == "v002", "the number that was given away does not come again"


def test_float32_is_taken_where_the_gate_asks_for_it_and_said(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=6, seconds=0.001, merge=scripted_merge.FLOAT32))
    version_host.train(bench, "a.jsonl")
    assert "in float32" in version_host.done(bench, k.Consolidate())
    (version,) = version_host.versions(bench)
    assert version.card.precision == Precision.FLOAT32
    assert version.card.gate is not None
    assert [one.passed for one in version.card.gate.tries] == [False, True]


def test_a_merge_is_cancelled_without_a_trace(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=6, seconds=0.001, merge=scripted_merge.WAITS))
    version_host.train(bench, "a.jsonl")
    before = bench.head()
    operation = version_host.begun(bench, k.Consolidate())
    bench.until(lambda: any(home.versions.glob(".staging-v001_*/model.safetensors")), "half of the version")
    assert bench.refusal(p.UndoTraining()).exit_status == 3
    assert bench.refusal(k.RestoreVersion(version="v001")).exit_status == 3
    bench.do(k.CancelOperation(operation=operation.id))
    assert version_host.ended(bench, operation).state is OperationState.CANCELLED
    assert bench.head() == before
    assert [path.name for path in home.versions.iterdir()] == [home.version_counter.name]
    version_host.train(bench, "b.jsonl")


@pytest.mark.parametrize(
    ("fate", "made"), [(scripted_merge.DIES, False), (scripted_merge.DIES_LATE, True)], ids=["half-way", "at its end"]
)
def test_a_merge_whose_engine_dies_is_whole_or_gone(home: Home, open_bench: OpenBench, fate: str, made: bool) -> None:
    bench = open_bench(Script(steps=6, seconds=0.001, merge=fate))
    version_host.train(bench, "a.jsonl")
    before = bench.head()
    over = version_host.ended(bench, version_host.begun(bench, k.Consolidate()))
    assert over.state is (OperationState.DONE if made else OperationState.FAILED)
    assert (bench.head().base == "v001") is made
    assert made or bench.head() == before
    assert len(places.all_in(home.versions)) == int(made)
    assert not list(home.versions.glob(".staging-*"))


def test_a_paused_job_stays_and_goes_on_on_the_version(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=10, seconds=0.001, save_every=5, wait_at=4))
    job = bench.queue("a.jsonl")
    bench.do(p.StartTraining())
    bench.until_step(4)
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    version_host.done(bench, k.Consolidate())
    (version,) = version_host.versions(bench)
    assert [(trained.steps, trained.ended) for trained in version.card.jobs] == [(4, False)]
    assert bench.head().base == "v001"
    bench.do(p.ResumeTraining())
    started = bench.until_event(Started, lambda event: event.step == 4)
    assert started.mode is Mode.CONTINUE
    bench.until_event(p.QueueFinished)
    assert bench.job(job.id).step == 10
    assert (bench.head().base, bench.head().total_steps) == ("v001", 10)
    version_host.done(bench, k.Consolidate())
    assert [(trained.steps, trained.ended) for trained in version_host.versions(bench)[1].card.jobs] == [(6, True)]


def test_undo_and_redo_of_a_consolidation(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.train(bench, "a.jsonl")
    before, adapter = bench.head(), adapter_text(home)
    version_host.done(bench, k.Consolidate())
    after = bench.head()
    assert "consolidation into v001 a" in bench.do(p.UndoTraining())
    assert (bench.head(), adapter_text(home)) == (before, adapter)
    bench.do(p.RedoTraining())
    assert bench.head() == after
    history = bench.ask(p.GetHeadHistory())
    assert isinstance(history, p.HeadHistoryReply)
    assert [move.kind for move in history.moves] == [MoveKind.USE, MoveKind.TRAINING, MoveKind.CONSOLIDATION]


def test_numbers_do_not_come_again_when_only_folders_are_left(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    version_host.train(bench, "b.jsonl")
    home.version_counter.unlink()
    for path in places.all_in(home.versions):
        files.move(path, home.trash / f"version-v007-{path.name}")
    assert plan(bench).version == "v008"


def test_a_consolidation_may_be_cancelled_at_any_time(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=6, seconds=0.001, merge=scripted_merge.WAITS))
    version_host.train(bench, "a.jsonl")
    before, adapter = bench.head(), adapter_text(home)
    for pumps in range(0, 12, 2):
        operation = version_host.begun(bench, k.Consolidate())
        for _ in range(pumps):
            bench.host.wait(0.02)
            bench.events += bench.host.pump()
        bench.do(k.CancelOperation(operation=operation.id))
        assert version_host.ended(bench, operation).state is OperationState.CANCELLED
        assert (bench.head(), adapter_text(home)) == (before, adapter)
        assert {path.name for path in home.versions.iterdir()} == {home.version_counter.name}
        assert not list(home.backups.glob("*/.staging-*"))


@pytest.mark.parametrize("part", ["adapter", "base"])
def test_what_is_damaged_is_found_before_anything_is_made(home: Home, open_bench: OpenBench, part: str) -> None:
    bench = open_bench(SCRIPT)
    version_host.train(bench, "a.jsonl")
    before = bench.head()
    assert before.checkpoint is not None
    (base,) = home.bases.glob("tiny-*")
    adapter = home.root / before.checkpoint.path / "adapter_model.safetensors"
    damaged = adapter if part == "adapter" else base / "model.safetensors"
    version_host.spoil(damaged)
    assert str(damaged) in version_host.failed(bench, k.Consolidate()).text
    assert (bench.head(), version_host.versions(bench)) == (before, ())
    assert not list((home.backups / "pre_consolidation").glob("*"))
