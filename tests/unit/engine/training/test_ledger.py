"""Tests of the ledger: what is written stays, what a checkpoint does not cover is cut, nothing altered is accepted."""

from pathlib import Path

import pytest

from backend.engine.training.ledger import BudgetEntry, Ledger, Mark, StepEntry
from backend.errors import Damaged


def entry(step: int) -> StepEntry:
    return StepEntry(step=step, segment=1, samples=(step,), loss=1.5, learning_rate=0.1, tokens=7, supervised=3)


def test_lines_after_the_mark_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "run" / "ledger.jsonl"
    ledger = Ledger(path, Mark())
    ledger.append(entry(1))
    mark = ledger.sync()
    before = path.read_bytes()
    ledger.append(entry(2))
    path.write_bytes(path.read_bytes() + b'{"torn')
    again = Ledger(path, mark)
    assert path.read_bytes() == before
    assert again.mark == mark
    again.append(BudgetEntry(step=1, segment=2, token_budget=64))
    assert Ledger(path, again.sync()).mark == again.mark


def test_a_run_that_starts_again_starts_its_ledger_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    Ledger(path, Mark()).append(entry(1))
    Ledger(path, Mark())
    assert path.read_bytes() == b""


@pytest.mark.parametrize("content", [b"", b'{"step":9}\n', None])
def test_a_ledger_that_is_not_as_it_was_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path, Mark())
    ledger.append(entry(1))
    mark = ledger.sync()
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(Damaged, match=r"ledger\.jsonl"):
        Ledger(path, mark)
