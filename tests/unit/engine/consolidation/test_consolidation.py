"""A merge ends with a whole version in its place or with nothing at all, whatever happens on the way."""

import errno
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend import files
from backend.domain.head import Base
from backend.domain.version import Precision
from backend.engine import device
from backend.engine.consolidation import gate, samples
from backend.engine.consolidation.course import MergeCancelled
from backend.engine.consolidation.gate import GateRefused
from backend.engine.models.card import METADATA
from backend.engine.models.load import load_base
from backend.engine.models.precision import FrozenLinear
from backend.errors import Damaged, NoSpace
from backend.protocol.engine import Activity, CancelMerge, EngineEvent, LogLine, Merge
from tests.drivers.merging import gate_job, merge_here, merge_of
from tests.drivers.segments import ENGINE, Told
from tests.unit.engine.consolidation.conftest import Head


class Cancelling(Told):
    """Asks for the end of the merge when it is told of an activity."""

    def __init__(self, text: str) -> None:
        super().__init__({}, {})
        self._text = text

    def send(self, event: EngineEvent, /) -> None:
        super().send(event)
        if isinstance(event, Activity) and event.text == self._text:
            self.control.put(CancelMerge(operation=1))


def order(head: Head, tmp_path: Path, **changes: Any) -> Merge:
    """A merge into a place of the test's own."""
    return merge_of(head.job, head.adapter, target=str(tmp_path / "versions/v001_20260102_030405_rows"), **changes)


def left(wanted: Merge) -> list[Path]:
    folder = Path(wanted.target).parent
    return list(folder.iterdir()) if folder.exists() else []


def test_three_small_steps_are_saved_in_float32_and_train_on_in_it(stiff_head: Head, tmp_path: Path) -> None:
    merged = merge_here(order(stiff_head, tmp_path))
    assert merged.card.gate is not None
    tries = merged.card.gate.tries
    assert [(one.precision, one.passed) for one in tries] == [("bfloat16", False), ("float32", True)]
    assert tries[0].kept is not None
    assert tries[0].kept < gate.LEAST_KEPT
    assert merged.card.precision == "float32"
    fast = replace(device.choose(ENGINE), bfloat16=True)
    version = Base(slug="v001", path=merged.path, sha256=merged.sums_sha256)
    for base, rounded in ((stiff_head.job.base, True), (version, False)):
        modules = load_base(base, fast).model.modules()
        assert any(isinstance(module, FrozenLinear) for module in modules) is rounded


def test_float32_is_saved_where_it_is_asked_for(head: Head, tmp_path: Path) -> None:
    card = merge_here(order(head, tmp_path, precision=Precision.FLOAT32)).card
    assert card.gate is not None
    assert [one.precision for one in card.gate.tries] == ["float32"]


def test_a_candidate_that_is_not_what_was_trained_is_refused_with_its_figures(
    head: Head, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LEAST_KEPT", 2.0)
    monkeypatch.setattr(gate, "NEAR", 0.0)
    wanted = order(head, tmp_path)
    with pytest.raises(GateRefused) as refused:
        merge_here(wanted)
    assert [one.precision for one in refused.value.gate.tries] == ["bfloat16", "float32"]
    assert left(wanted) == []


def test_a_cancel_leaves_nothing_wherever_it_comes(head: Head, tmp_path: Path) -> None:
    wanted, seen = order(head, tmp_path), Told({}, {})
    merge_here(wanted, seen)
    shutil.rmtree(wanted.target)
    texts = list(dict.fromkeys(event.text for event in seen.of(Activity)))
    assert len(texts) > 10
    for text in (*texts[::2], texts[-1]):
        with pytest.raises(MergeCancelled):
            merge_here(wanted, Cancelling(text))
        assert left(wanted) == []


@pytest.mark.parametrize("name", ["model.safetensors", "adapter/adapter_model.safetensors", "metadata.json"])
def test_a_full_disk_leaves_nothing_and_says_what_is_needed(
    head: Head, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    filled = files._filled  # by which everything is written, what is copied too

    def full(path: Path, *others: Any) -> str:
        if path.as_posix().endswith(name) and ".staging-" in str(path):
            with files.no_space_named(path):
                raise OSError(errno.ENOSPC, "No space left on device")
        return filled(path, *others)

    monkeypatch.setattr(files, "_filled", full)
    wanted = order(head, tmp_path)
    with pytest.raises(NoSpace, match=r"takes [\d,]+ bytes"):
        merge_here(wanted)
    assert left(wanted) == []


def test_too_little_space_is_said_before_anything_is_measured(
    head: Head, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "RESERVE_BYTES", 1 << 60)
    told, wanted = Told({}, {}), order(head, tmp_path)
    with pytest.raises(NoSpace, match=r"[\d,]+ are needed"):
        merge_here(wanted, told)
    assert not any("measuring" in event.text for event in told.of(Activity))
    assert left(wanted) == []


def test_a_base_that_was_altered_is_refused_by_the_name_of_the_file(head: Head, tmp_path: Path) -> None:
    copy = tmp_path / "base"
    shutil.copytree(head.job.base.path, copy)
    weights = copy / "model.safetensors"
    weights.chmod(0o644)
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    wanted = order(head, tmp_path, base=msgspec.structs.replace(head.job.base, path=str(copy)))
    with pytest.raises(Damaged, match=r"model\.safetensors does not match"):
        merge_here(wanted)
    assert left(wanted) == []


def test_a_version_that_is_there_already_is_verified_and_told(head: Head, tmp_path: Path) -> None:
    wanted = order(head, tmp_path)
    merged = merge_here(wanted)
    assert merge_here(wanted) == merged
    other = msgspec.structs.replace(wanted, card=msgspec.structs.replace(wanted.card, checkpoint=7))
    with pytest.raises(Damaged, match="another version"):
        merge_here(other)
    chat = Path(merged.path) / "chat_template.jinja"
    chat.chmod(0o644)
    chat.write_bytes(b"altered")
    with pytest.raises(Damaged, match=r"chat_template\.jinja"):
        merge_here(wanted)
    assert Path(merged.path).is_dir()


def test_a_file_that_vanished_while_it_was_made_is_missed(
    head: Head, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = files.write

    def losing(path: Path, *others: Any) -> str:
        digest = write(path, *others)
        if path.name == METADATA:
            (path.parent / "config.json").unlink()
        return digest

    monkeypatch.setattr(files, "write", losing)
    wanted = order(head, tmp_path)
    with pytest.raises(Damaged, match=r"config\.json is listed in metadata\.json and missing"):
        merge_here(wanted)
    assert left(wanted) == []


def test_without_any_data_left_its_own_answers_are_measured(head: Head, tmp_path: Path) -> None:
    told = Told({}, {})
    gone = msgspec.structs.replace(gate_job(head.job), dataset="0" * 64, dataset_path=str(tmp_path / "gone.jsonl"))
    card = merge_here(order(head, tmp_path, jobs=(gone,)), told).card
    assert card.gate is not None
    assert 0 < card.gate.examples <= len(samples.OPENINGS)
    assert card.gate.passed
    assert ["gone" in line.text for line in told.of(LogLine)] == [True]


def test_evolution_and_adapter_lie_in_the_version(head: Head, tmp_path: Path) -> None:
    run = tmp_path / "rows_20260102"
    (run / "inner").mkdir(parents=True)
    (run / "step_000001.json").write_bytes(b"{}")
    (run / "inner/notes.json").write_bytes(b"[]")
    merged = merge_here(order(head, tmp_path, evolution=(str(run),)))
    folder = Path(merged.path)
    assert (folder / "evolution/rows_20260102/inner/notes.json").read_bytes() == b"[]"
    for name in ("adapter_model.safetensors", "adapter_config.json"):
        assert (folder / "adapter" / name).read_bytes() == (head.adapter / name).read_bytes()
    below = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert below == {*merged.card.files, "metadata.json", files.SUMS}
    for name, entry in merged.card.files.items():
        assert (entry.bytes, entry.sha256) == ((folder / name).stat().st_size, files.sha256(folder / name))
    again = load_base(Base(slug="v001", path=merged.path, sha256=merged.sums_sha256), device.choose(ENGINE))
    assert again.parameters == merged.card.parameters


def test_a_version_can_be_the_base_of_the_next(head: Head, tmp_path: Path) -> None:
    first = merge_here(order(head, tmp_path))
    base = Base(slug="v001", path=first.path, sha256=first.sums_sha256)
    second = merge_here(order(head, tmp_path / "next", base=base))
    names = {name for name in second.card.files if not name.startswith("adapter/")}
    assert names == {name for name in first.card.files if not name.startswith("adapter/")}
