"""Two stages side by side: each example has one change, and going back turns it round."""

from pathlib import Path

import msgspec
import pytest

from backend.domain.snapshot import Scored, Snapshot
from backend.evolution import folder as places
from backend.evolution.compare import Change, change_of, compare
from backend.paths import Home
from tests.makers.evolution_files import make_run

BACK = {
    Change.LEARNED: Change.FORGOTTEN,
    Change.FORGOTTEN: Change.LEARNED,
    Change.BETTER: Change.WORSE,
    Change.WORSE: Change.BETTER,
    Change.ONLY_BEFORE: Change.ONLY_AFTER,
    Change.ONLY_AFTER: Change.ONLY_BEFORE,
}


@pytest.fixture
def stages(home: Home) -> list[Snapshot]:
    return list(places.snapshots(make_run(home)))


def one(similarity: float | None, loss: float | None = None) -> Scored:
    answer = None if similarity is None else "answer"
    return Scored(
        example_id="a", step=0, input="", expected_output="", model_output=answer, similarity=similarity, loss=loss
    )


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (one(0.5), one(0.95), Change.LEARNED),
        (one(0.95), one(0.5), Change.FORGOTTEN),
        (one(0.5), one(0.6), Change.BETTER),
        (one(0.6), one(0.5), Change.WORSE),
        (one(0.5), one(0.51), Change.SAME),
        (one(None, 2.0), one(0.95, 1.0), Change.BETTER),
        (one(None, 1.0), one(None, 2.0), Change.WORSE),
        (one(None, 1.0), one(None, 1.05), Change.SAME),
        (one(None), one(0.9), Change.UNKNOWN),
        (None, one(0.9), Change.ONLY_AFTER),
        (one(0.9), None, Change.ONLY_BEFORE),
    ],
)
def test_what_became_of_an_example(before: Scored | None, after: Scored | None, change: Change) -> None:
    assert change_of(before, after) is change
    assert change_of(after, before) is BACK.get(change, change)


def test_two_stages_are_joined_by_id_and_counted(stages: list[Snapshot]) -> None:
    first, last = stages[0], stages[-1]
    found = compare(first, last)
    assert [pair.example_id for pair in found.examples] == [each.example_id for each in last.examples]
    assert sum(found.counts.values()) == len(found.examples)
    assert set(found.counts) == set(Change)
    assert found.counts[Change.LEARNED] == last.summary.correct
    assert found.summary.avg_loss == pytest.approx((last.summary.avg_loss or 0) - (first.summary.avg_loss or 0))
    assert all(pair.loss_change is not None for pair in found.examples)


def test_a_stage_is_the_same_as_itself(stages: list[Snapshot]) -> None:
    assert {pair.change for pair in compare(stages[1], stages[1]).examples} == {Change.SAME}


def test_examples_of_one_side_alone_are_named_so(stages: list[Snapshot]) -> None:
    before = msgspec.structs.replace(stages[0], examples=stages[0].examples[:3])
    after = msgspec.structs.replace(stages[1], examples=stages[1].examples[1:4])
    found = compare(before, after)
    assert [pair.change for pair in found.examples[2:]] == [Change.ONLY_AFTER, Change.ONLY_BEFORE]
    assert found.examples[3].example == before.examples[0]
    assert found.examples[3].loss_change is None


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)
