"""One pass over a file: what is counted, refused and planned, and what is told on the way."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.datasets.intake import take_in
from backend.domain.dataset import Fault
from backend.domain.head import Base
from backend.domain.job import JobSettings
from backend.domain.preview import Preview
from backend.engine.models.language import load_language
from backend.engine.preview.look import BAD_SHOWN, NO_MODEL, Look
from backend.engine.tokens import prepare, split_heldout
from backend.engine.training.order import shuffled
from backend.errors import Damaged, UserError
from backend.paths import Home
from backend.protocol.preview import Looked, PreviewEvent, PreviewOrder, Reading

Rows = list[dict[str, Any]]
WriteRows = Callable[[Path, Iterable[dict[str, Any]]], Path]
SETTINGS = JobSettings(template_date="2001-02-03")


def order(path: Path, base: Base | None, settings: JobSettings = SETTINGS, **more: Any) -> PreviewOrder:
    return PreviewOrder(path=bytes(path), name=path.name, settings=settings, base=base, **more)


def seen(wanted: PreviewOrder) -> Preview:
    events: list[PreviewEvent] = []
    Look(wanted, events.append).run()
    last = events[-1]
    assert isinstance(last, Looked)
    assert last.last
    assert [event for event in events if isinstance(event, Looked) and event.last] == [last]
    return last.preview


def chat(question: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def test_figures_are_those_of_the_training(
    tiny_base: Base, tmp_path: Path, write_rows: WriteRows, sample_rows: Callable[[int], Rows]
) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [*sample_rows(60), chat("x", "y " * 600), *sample_rows(3)])
    settings = msgspec.structs.replace(SETTINGS, rows_per_step=4, epochs=2)
    found = seen(order(path, tiny_base, settings))
    assert found.tokens is not None
    language = load_language(tiny_base)
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    cache = prepare(path, sha, language.tokenizer, language.eos_ids, language.context, settings, tmp_path / "cache")
    train, heldout = split_heldout(cache, settings)
    assert (found.rows, found.refused) == (cache.rows, cache.counts.refused) == (63, 1)
    assert (found.tokens.tokens, found.tokens.supervised) == (cache.counts.tokens, cache.counts.supervised)
    assert found.tokens.lengths.longest == cache.lengths.max()
    assert found.tokens.heldout == len(heldout) > 0
    assert found.tokens.steps == shuffled(train.tolist(), 0, 2, 4).total_steps
    assert found.bad == cache.bad
    assert found.faults == {Fault.TOO_LONG: 1}
    for shown, row in zip(found.first, range(len(found.first)), strict=True):
        masks = [mask.tolist() for _, mask in cache.sequences(row)]
        assert [[s.learned for s in spans for _ in range(s.tokens)] for spans in shown.sequences] == masks
        assert shown.line == cache.row_lines[row]


def test_counts_agree_with_what_queueing_reports(
    home: Home, tiny_base: Base, tmp_path: Path, write_rows: WriteRows, sample_rows: Callable[[int], Rows]
) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [*sample_rows(5), {"text": "a"}, *sample_rows(2), {"no": 1}])
    report = take_in(home, path).report
    for base in (tiny_base, None):
        found = seen(order(path, base))
        assert (found.rows, found.refused, found.formats) == (report.rows, report.refused, report.formats)
        assert (found.duplicates, found.bad) == (report.duplicates, report.bad) == (2, found.bad)


def test_without_a_model_only_what_needs_none_is_told(tmp_path: Path, write_rows: WriteRows) -> None:
    found = seen(order(write_rows(tmp_path / "a.jsonl", [chat("a", "b"), {"x": 1}]), None))
    assert (found.rows, found.refused, found.tokens, found.first) == (1, 1, None, ())
    assert found.note == NO_MODEL
    assert found.complete


def test_a_damaged_model_is_named_and_the_rest_is_told(tiny_base: Base, tmp_path: Path, write_rows: WriteRows) -> None:
    gone = msgspec.structs.replace(tiny_base, path=str(tmp_path / "gone"))
    found = seen(order(write_rows(tmp_path / "a.jsonl", [chat("a", "b")]), gone))
    assert (found.rows, found.tokens) == (1, None)
    assert "gone" in found.note
    assert "add it again" in found.note


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"text": 3}, Fault.FORM),
        ({"messages": [{"role": "user", "content": "a"}]}, Fault.NOTHING_TO_LEARN),
        (chat("a", "  "), Fault.NOTHING_TO_LEARN),
        (chat("a", "<|im_end|>"), Fault.SPECIAL_TOKEN),
        (chat("a", "b " * 600), Fault.TOO_LONG),
    ],
)
def test_refused_lines_are_counted_by_kind(
    tiny_base: Base, tmp_path: Path, write_rows: WriteRows, row: dict[str, Any], fault: Fault
) -> None:
    found = seen(order(write_rows(tmp_path / "a.jsonl", [chat("a", "b"), row]), tiny_base))
    assert found.faults == {fault: 1}
    [bad] = found.bad
    assert (bad.line, bad.fault) == (2, fault)
    assert bad.reason
    assert bad.remedy


def test_rows_that_are_cut_are_counted_and_marked(tiny_base: Base, tmp_path: Path, write_rows: WriteRows) -> None:
    settings = msgspec.structs.replace(SETTINGS, cut_long_rows=True, max_length=64)
    path = write_rows(tmp_path / "a.jsonl", [chat("a", "b " * 600), chat("a", "b")])
    found = seen(order(path, tiny_base, settings))
    assert found.tokens is not None
    assert (found.tokens.cut, found.tokens.limit, found.refused) == (1, 64, 0)
    assert [(row.cut, row.tokens) for row in found.first] == [(True, 64), (False, found.first[1].tokens)]


def test_as_many_rows_are_spelled_out_as_were_asked_for(
    tiny_base: Base, tmp_path: Path, write_rows: WriteRows, sample_rows: Callable[[int], Rows]
) -> None:
    path = write_rows(tmp_path / "a.jsonl", [{"x": 1}, *sample_rows(9)])
    assert [row.line for row in seen(order(path, tiny_base, rows=3)).first] == [2, 3, 4]
    assert seen(order(path, tiny_base, rows=0)).first == ()


def test_refused_lines_are_listed_up_to_a_bound_and_all_counted(tmp_path: Path, write_rows: WriteRows) -> None:
    found = seen(order(write_rows(tmp_path / "a.jsonl", [{"x": 1}] * (BAD_SHOWN + 50)), None))
    assert (found.refused, len(found.bad), found.rows) == (BAD_SHOWN + 50, BAD_SHOWN, 0)


def test_it_says_how_far_it_is(tmp_path: Path, write_rows: WriteRows, sample_rows: Callable[[int], Rows]) -> None:
    path = write_rows(tmp_path / "a.jsonl", sample_rows(50))
    events: list[PreviewEvent] = []
    Look(order(path, None), events.append).run()
    assert events[0] == Reading(done=0, total=path.stat().st_size)


def test_a_look_that_takes_too_long_says_what_it_saw(
    tiny_base: Base, tmp_path: Path, write_rows: WriteRows, sample_rows: Callable[[int], Rows]
) -> None:
    path = write_rows(tmp_path / "a.jsonl", sample_rows(600))
    events: list[PreviewEvent] = []
    Look(order(path, tiny_base), events.append).run(seconds=0)
    last = events[-1]
    assert isinstance(last, Looked)
    assert last.last
    found = last.preview
    assert not found.complete
    assert 0 < found.rows < 600
    assert "first part" in found.note
    assert found.tokens is not None
    assert (found.tokens.heldout, found.tokens.steps) == (None, None)


def test_a_stored_copy_that_is_another_file_is_refused(tmp_path: Path, write_rows: WriteRows) -> None:
    path = write_rows(tmp_path / "a.jsonl", [chat("a", "b")])
    assert seen(order(path, None, sha256=hashlib.sha256(path.read_bytes()).hexdigest())).complete
    with pytest.raises(Damaged, match="not the file that was queued"):
        Look(order(path, None, sha256="0" * 64), lambda event: None).run()


def test_a_file_that_cannot_be_read_is_an_error_of_the_user(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    for path in (empty, tmp_path, tmp_path / "missing"):
        with pytest.raises(UserError) as caught:
            Look(order(path, None), lambda event: None).run()
        assert caught.value.hint
