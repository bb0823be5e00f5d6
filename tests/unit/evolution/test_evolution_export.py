"""A run for other programs: every example at every step, readable again, and harmless in a spreadsheet."""

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest

from backend.domain.snapshot import Snapshot
from backend.evolution import folder as places
from backend.evolution.export import write_csv, write_json
from backend.paths import Home
from tests.makers.evolution_files import ODD_TEXTS, make_run


@pytest.fixture
def stages(tmp_path: Path) -> list[Snapshot]:
    return list(places.snapshots(make_run(Home(tmp_path), odd=True, answered_share=0.5)))


def as_csv(stages: list[Snapshot]) -> list[dict[str, str]]:
    pieces: list[bytes] = []
    write_csv(stages, pieces.append)
    return list(csv.DictReader(io.StringIO(b"".join(pieces).decode(), newline="")))


def test_csv_has_a_row_for_each_example_and_step_and_odd_texts_come_back(stages: list[Snapshot]) -> None:
    rows = as_csv(stages)
    expected = [(snapshot.training_step, one) for snapshot in stages for one in snapshot.examples]
    assert [(int(row["step"]), row["example_id"], row["expected"]) for row in rows] == [
        (step, one.example_id, one.expected_output) for step, one in expected
    ]
    assert {row["expected"] for row in rows} == set(ODD_TEXTS)
    assert [row["answer"] == "" for row in rows] == [not one.model_output for _, one in expected]
    assert {row["heldout"] for row in rows} == {"true", "false"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_taken_for_a_formula(stages: list[Snapshot], text: str) -> None:
    one = msgspec.structs.replace(stages[0].examples[0], model_output=text, loss=-0.5)
    (row,) = as_csv([msgspec.structs.replace(stages[0], examples=(one,))])
    assert (row["answer"], row["loss"]) == (f"'{text}", "-0.5")


def test_json_is_a_list_with_texts_as_they_are(stages: list[Snapshot]) -> None:
    one = msgspec.structs.replace(stages[0].examples[0], model_output="=1")
    pieces: list[bytes] = []
    write_json([msgspec.structs.replace(stages[0], examples=(one, *stages[0].examples[1:]))], pieces.append)
    rows = json.loads(b"".join(pieces))
    assert len(rows) == len(stages[0].examples)
    assert rows[0]["answer"] == "=1"


def test_a_run_without_snapshots_is_an_empty_list() -> None:
    pieces: list[bytes] = []
    write_json([], pieces.append)
    assert json.loads(b"".join(pieces)) == []
