"""Who waits longest comes first, for losses and for answers apart."""

import msgspec

from backend.domain.snapshot import Snapshot
from backend.evolution import folder as places
from backend.evolution.waiting import Waiting
from backend.paths import Home
from tests.makers.evolution_files import make_run


def cut(snapshot: Snapshot, losses: set[int], answers: set[int]) -> Snapshot:
    """The same with figures of these examples only, by their place."""
    examples = tuple(
        msgspec.structs.replace(
            one,
            loss=one.loss if place in losses else None,
            model_output=one.model_output if place in answers else None,
        )
        for place, one in enumerate(snapshot.examples)
    )
    return msgspec.structs.replace(snapshot, examples=examples)


def test_those_never_taken_come_first_then_the_longest_ago_then_by_id(home: Home) -> None:
    first, second, *_ = places.snapshots(make_run(home, examples=5))
    ids = [one.example_id for one in first.examples]
    waiting = Waiting([cut(second, {0}, {4}), cut(first, {0, 1, 2}, {3, 4})])
    assert waiting.for_loss(ids) == [*sorted(ids[3:]), *sorted(ids[1:3]), ids[0]]
    assert waiting.for_answer(ids) == [*sorted(ids[:3]), ids[3], ids[4]]


def test_a_snapshot_that_is_taken_sends_its_examples_to_the_end(home: Home) -> None:
    first, second, *_ = places.snapshots(make_run(home, examples=3))
    ids = [one.example_id for one in first.examples]
    waiting = Waiting([first])
    assert waiting.for_loss(ids) == sorted(ids)
    waiting.take(cut(second, {ids.index(min(ids))}, set()))
    assert waiting.for_loss(ids) == [*sorted(ids)[1:], min(ids)]
