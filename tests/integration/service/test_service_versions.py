"""Versions that are there: restored, deleted, verified, exported, tagged, compared, over the scripted engine."""

import threading
from pathlib import Path

import pytest

from backend import files
from backend.domain.backup import Subject
from backend.domain.job import JobState
from backend.domain.move import MoveKind
from backend.domain.status import HostState
from backend.domain.trash import TrashEntry
from backend.domain.version import Condition, Version
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from backend.protocol.engine import Mode, Started
from backend.versions import folder as places
from backend.versions.deleting import Deleting
from tests.fakes import version_host
from tests.fakes.backup_host import back_up
from tests.fakes.hosting import Bench, OpenBench, adapter_text
from tests.fakes.scripted_engine import Script, gate

SCRIPT = Script(steps=6, seconds=0.001, save_every=3)


def deletion(bench: Bench, version: str) -> k.DeletionCard:
    reply = bench.ask(k.GetDeletion(version=version))
    assert isinstance(reply, k.DeletionCard), reply
    return reply


def delete(version: str, *, end_undo: bool = True) -> k.DeleteVersion:
    return k.DeleteVersion(version=version, typed=version, end_undo=end_undo)


def condition(bench: Bench, version: str) -> Condition:
    return next(one for one in version_host.versions(bench) if one.id == version).condition


def test_a_restored_version_is_the_whole_head_and_undo_goes_back(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    on_first = version_host.make_version(bench, "a.jsonl")
    version_host.make_version(bench, "b.jsonl")
    version_host.train(bench, "c.jsonl")
    before, adapter = bench.head(), adapter_text(home)
    version_host.done(bench, k.RestoreVersion(version="v001"))
    assert bench.head() == on_first
    assert not (home.current_model / "adapter_model.safetensors").exists()
    assert bench.refusal(k.RestoreVersion(version="v001")).exit_status == 3
    assert "restoring of v001" in bench.do(p.UndoTraining())
    assert (bench.head(), adapter_text(home)) == (before, adapter)
    bench.do(p.RedoTraining())
    assert bench.head() == on_first
    version_host.train(bench, "d.jsonl")
    version_host.done(bench, k.Consolidate())
    third = version_host.versions(bench)[-1].card
    assert (third.id, third.parent.version, third.lineage, [job.name for job in third.jobs]) == (
        "v003",
        "v001",
        ("v001",),
        ["d.jsonl"],
    )
    comparison = bench.ask(k.CompareVersions(one="v002", other="v003"))
    assert isinstance(comparison, k.VersionComparison)
    assert (comparison.common, comparison.only_one, comparison.only_other) == ("v001", ("b.jsonl",), ("d.jsonl",))


def test_choosing_a_version_as_the_model_restores_it(open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    on_first = version_host.make_version(bench, "a.jsonl")
    bench.do(p.UseModel(slug="tiny"))
    version_host.done(bench, p.UseModel(slug="v001"))
    assert bench.head() == on_first
    history = bench.ask(p.GetHeadHistory())
    assert isinstance(history, p.HeadHistoryReply)
    assert history.moves[-1].kind is MoveKind.RESTORE


@pytest.mark.parametrize("after", [JobState.PAUSED, JobState.QUEUED, JobState.SKIPPED])
def test_a_begun_job_continues_on_a_restored_version(home: Home, open_bench: OpenBench, after: JobState) -> None:
    bench = open_bench(Script(steps=10, seconds=0.001, save_every=5, gate_at=4))
    gate(home).touch()
    version_host.make_version(bench, "a.jsonl")
    job = bench.queue("b.jsonl")
    bench.do(p.StartTraining())
    bench.until_step(4)
    if after is JobState.QUEUED:
        bench.do(p.StopTraining())
    else:
        bench.do(p.PauseTraining())
        bench.until_state(HostState.PAUSED)
    if after is JobState.SKIPPED:
        bench.do(p.SkipJob())
    bench.until(lambda: bench.job(job.id).state is after, after)
    version_host.done(bench, k.RestoreVersion(version="v001"))
    assert bench.job(job.id).state is after
    bench.do(p.StartTraining())
    started = bench.until_event(Started, lambda event: event.job == job.id)
    assert (started.mode, started.step) == (Mode.CONTINUE, 4)
    gate(home).touch()
    bench.until_event(p.QueueFinished)
    assert (bench.head().base, bench.head().total_steps) == ("v001", 16)


def test_a_damaged_version_is_not_restored_and_a_backup_is_offered(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    version_host.train(bench, "b.jsonl")
    before = bench.head()
    (version,) = version_host.versions(bench)
    weights = home.root / version.path / "model.safetensors"
    version_host.spoil(weights)
    over = version_host.failed(bench, k.RestoreVersion(version="v001"))
    assert str(weights) in over.text
    assert "No backup holds v001" in over.hint
    assert (bench.head(), condition(bench, "v001")) == (before, Condition.DAMAGED)
    version_host.spoil(weights)
    version_host.done(bench, k.CreateBackup(subject=Subject.VERSION, of="v001"))
    version_host.spoil(weights)
    reply = bench.ask(k.ListBackups())
    assert isinstance(reply, k.BackupsReply)
    assert (
        f"Backup {reply.backups[-1].id} holds it" in version_host.failed(bench, k.RestoreVersion(version="v001")).hint
    )
    version_host.spoil(weights)
    assert "every byte matches" in version_host.done(bench, k.VerifyVersions())
    assert condition(bench, "v001") is Condition.WHOLE


def test_a_version_is_deleted_only_after_all_that_stands_against_it(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    version_host.make_version(bench, "b.jsonl")
    bench.host.close()
    for version in ("v001", "v002"):
        version_host.backdate(home, version)
    bench = open_bench(SCRIPT)
    assert "stands on v002" in bench.refusal(delete("v002")).message
    wrong = bench.refusal(k.DeleteVersion(version="v001", typed="v002", end_undo=True))
    assert (wrong.exit_status, "'v002' was" in wrong.message) == (3, True)
    assert "Undo can still" in bench.refusal(delete("v001", end_undo=False)).message
    card = deletion(bench, "v001")
    assert (card.used_by, card.undo_reaches, card.refusal) == (("v002",), True, "")
    assert card.backup_bytes > 0
    (first, _) = version_host.versions(bench)
    content = (home.root / first.path / "model.safetensors").read_bytes()
    text = version_host.done(bench, delete("v001"))
    assert "trash" in text
    assert [version.id for version in version_host.versions(bench)] == ["v002"]
    moves = bench.ask(p.GetMoves())
    assert isinstance(moves, p.MovesReply)
    assert moves.undo is None, "undo would lead to a head on what was deleted"
    assert "was deleted" in bench.refusal(p.UseModel(slug="v001")).message
    models = bench.ask(p.ListModels())
    assert isinstance(models, p.ModelsReply)
    assert "v001" not in [base.slug for base in models.models]
    backups = [path for path in (home.backups / "pre_deletion").iterdir() if path.is_dir()]
    assert [(path / "content" / "model.safetensors").read_bytes() for path in backups] == [content]
    (entry,) = home.trash.glob("version-v001-*")
    version_host.done(bench, k.RestoreTrash(name=entry.name))
    assert [version.id for version in version_host.versions(bench)] == ["v001", "v002"]
    version_host.done(bench, p.UseModel(slug="v001"))


def test_what_was_made_today_is_not_deleted(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    version_host.make_version(bench, "b.jsonl")
    assert "made today" in bench.refusal(delete("v001")).message
    assert "made today" in deletion(bench, "v001").refusal
    bench.host.close()
    version_host.backdate(home, "v001", days=-400)
    version_host.backdate(home, "v002")
    bench = open_bench(SCRIPT)
    assert "made today" in bench.refusal(delete("v001")).message, "it is from the future"
    bench.do(p.UseModel(slug="tiny"))
    assert "made today" in bench.refusal(delete("v002")).message, "it is no older than the one before it"


def test_a_deletion_whose_backup_does_not_load_leaves_the_version(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    bench.do(p.UseModel(slug="tiny"))
    bench.host.close()
    (folder,) = places.all_in(home.versions)
    (folder / "trial-fails").write_text("x")
    version_host.backdate(home, "v001")
    bench = open_bench(SCRIPT)
    over = version_host.failed(bench, delete("v001"))
    assert "does not load" in over.text
    assert condition(bench, "v001") is Condition.WHOLE
    assert not list((home.backups / "pre_deletion").glob("*"))
    version_host.spoil(folder / "model.safetensors")
    version_host.failed(bench, k.VerifyVersions(versions=("v001",)))
    assert "no verified backup holds it" in bench.refusal(delete("v001")).message
    version_host.spoil(folder / "model.safetensors")


def test_verifying_names_what_is_damaged_missing_or_extra(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    version_host.make_version(bench, "b.jsonl")
    assert version_host.done(bench, k.VerifyVersions()).startswith("v001, v002: every byte matches")
    assert all(version.verified_at for version in version_host.versions(bench))
    (first, second) = (home.root / version.path for version in version_host.versions(bench))
    (first / "config.json").unlink()
    (second / "adapter" / "more.bin").write_bytes(b"x")
    over = version_host.failed(bench, k.VerifyVersions())
    assert str(first / "config.json") in over.text
    assert str(second / "adapter" / "more.bin") in over.text
    assert {version.condition for version in version_host.versions(bench)} == {Condition.DAMAGED}


def test_a_version_is_exported_whole_or_its_adapter_alone(home: Home, open_bench: OpenBench, tmp_path: Path) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    (version,) = version_host.versions(bench)
    whole, alone = tmp_path / "out" / "whole", tmp_path / "alone"
    version_host.done(bench, k.ExportVersion(version="v001", target=str(whole)))
    files.verify(whole, version.sums_sha256)
    version_host.done(bench, k.ExportVersion(version="v001", target=str(alone), adapter_only=True))
    files.verify(alone)
    assert {path.name for path in alone.iterdir()} == {"adapter_model.safetensors", files.SUMS}
    for target in (str(whole), str(home.root / "inside"), "relative"):
        assert bench.refusal(k.ExportVersion(version="v001", target=target)).exit_status in (2, 3)
    version_host.spoil(home.root / version.path / "config.json")
    over = version_host.failed(bench, k.ExportVersion(version="v001", target=str(tmp_path / "third")))
    assert "config.json" in over.text
    assert not list(tmp_path.glob("*third*"))


def test_tags_are_words_that_outlive_the_database(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    bench.do(k.TagVersion(version="v001", tags=("good", "for-anna", "good")))
    (version,) = version_host.versions(bench)
    assert version.tags == ("good", "for-anna")
    assert places.read(home, home.root / version.path).tags == ("good", "for-anna")
    for word in ("", "Two words", "x" * 33, "../up", "-v"):
        assert bench.refusal(k.TagVersion(version="v001", tags=(word,))).exit_status == 2
    assert bench.refusal(k.TagVersion(version="v009", tags=())).exit_status == 2


def test_a_moved_home_finds_its_versions_and_a_missing_folder_is_told(
    home: Home, open_bench: OpenBench, tmp_path: Path
) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    version_host.make_version(bench, "b.jsonl")
    bench.host.close()
    home.root.rename(tmp_path / "elsewhere")
    moved = Home(tmp_path / "elsewhere")
    (first, second) = places.all_in(moved.versions)
    first.rename(tmp_path / "away")
    moved.latest_version.unlink()
    bench = Bench.open(moved, SCRIPT)
    try:
        assert moved.latest_version.resolve() == second
        reply = bench.ask(p.GetHead())
        assert isinstance(reply, p.HeadReply)
        assert reply.base is not None
        assert reply.base.path == str(second)
        bench.until(lambda: "folder of v001 is missing" in bench.notices(), "the notice")
        assert condition(bench, "v001") is Condition.DAMAGED
        version_host.train(bench, "c.jsonl")
    finally:
        bench.host.close()


def two_days_old(home: Home, open_bench: OpenBench) -> Bench:
    """v001 of the day before yesterday, and the head on v002."""
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    version_host.make_version(bench, "b.jsonl")
    bench.host.close()
    version_host.backdate(home, "v001")
    return open_bench(SCRIPT)


def test_undo_never_leads_to_a_version_that_is_just_being_deleted(
    home: Home, open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = two_days_old(home, open_bench)
    move, moving, asked = Deleting._move, threading.Event(), threading.Event()

    def slowly(deleting: Deleting, version: Version) -> TrashEntry | None:
        moving.set()
        asked.wait(0.3)  # which comes only where others are let in between
        return move(deleting, version)

    monkeypatch.setattr(Deleting, "_move", slowly)
    operation = version_host.begun(bench, delete("v001"))
    bench.until(moving.is_set, "the deletion")
    bench.ask(p.UndoTraining())
    asked.set()
    bench.until(
        lambda: any(
            one.operation.id == operation.id and one.operation.ended_at for one in bench.told(k.OperationChanged)
        ),
        "its end",
    )
    there = [version.id for version in version_host.versions(bench)]
    assert (there, bench.head().base) == (["v002"], "v002")


def test_a_damaged_version_is_kept_where_its_backup_is_damaged_too(home: Home, open_bench: OpenBench) -> None:
    bench = two_days_old(home, open_bench)
    version = version_host.versions(bench)[0]
    backup = back_up(bench, Subject.VERSION, "v001")
    version_host.spoil(home.root / version.path / "model.safetensors")
    version_host.failed(bench, k.VerifyVersions(versions=("v001",)))
    kept = home.backups / backup.path / "content" / "model.safetensors"
    version_host.spoil(kept)
    over = version_host.failed(bench, delete("v001"))
    assert str(kept) in over.text
    assert (home.root / version.path).is_dir()
    assert condition(bench, "v001") is Condition.DAMAGED
    version_host.spoil(kept)
    done = version_host.done(bench, k.VerifyBackups())
    assert "all are whole" in done
    assert backup.id in version_host.done(bench, delete("v001"))


def test_a_version_is_kept_where_its_backup_could_not_be_loaded(
    home: Home, open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = two_days_old(home, open_bench)
    with monkeypatch.context() as patch:
        patch.setattr("backend.backup.trial.PROGRAM_BYTES", 1 << 60)
        over = version_host.failed(bench, delete("v001"))
    assert "bytes of memory" in over.text
    assert condition(bench, "v001") is Condition.WHOLE
    version_host.done(bench, delete("v001"))


def test_undo_does_not_lead_to_a_version_that_is_known_to_be_damaged(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    on_second = version_host.make_version(bench, "b.jsonl")
    weights = home.root / version_host.versions(bench)[0].path / "model.safetensors"
    version_host.spoil(weights)
    version_host.failed(bench, k.VerifyVersions(versions=("v001",)))
    assert "v001, which is damaged" in bench.refusal(p.UndoTraining()).message
    assert bench.head() == on_second
    version_host.spoil(weights)
    version_host.done(bench, k.VerifyVersions(versions=("v001",)))
    assert "consolidation into v002" in bench.do(p.UndoTraining())
