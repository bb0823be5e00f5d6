"""Which trainings an adapter holds."""

from backend.domain.head import Head
from backend.domain.move import MoveKind
from backend.versions.lineage import ancestors, gate_jobs, trained_jobs
from tests.makers.past import Past
from tests.makers.version_rows import version


def trained(past: Past) -> list[tuple[str, int]]:
    return [(job.name, job.steps) for job in trained_jobs(past.home, past.store, past.head)]


def test_jobs_stand_in_the_order_of_their_first_training_with_the_steps_of_all_their_segments(past: Past) -> None:
    first, second = past.job("first"), past.job("second")
    past.train(first, 4)
    past.train(second, 6)
    past.train(first, 10, from_step=4)
    assert trained(past) == [("first", 10), ("second", 6)]
    assert [job.name for job in gate_jobs(past.home, past.store, past.head)] == ["first", "second"]


def test_what_was_undone_is_not_in_it(past: Past) -> None:
    past.train(past.job("first"), 4)
    past.train(past.job("undone"), 4)
    past.undo()
    past.train(past.job("third"), 4)
    assert trained(past) == [("first", 4), ("third", 4)]


def test_what_a_fallback_went_back_behind_is_not_in_it(past: Past) -> None:
    point = past.train(past.job("first"), 4)
    past.train(past.job("damaged"), 4)
    past.store.head.move(Head(base="tiny", checkpoint=point, total_steps=4), MoveKind.FALLBACK)
    past.train(past.job("third"), 4)
    assert trained(past) == [("first", 4), ("third", 4)]


def test_what_was_trained_into_an_earlier_base_is_not_in_it(past: Past) -> None:
    job = past.job("half")
    past.train(job, 4)
    past.stand_on(version(1), MoveKind.CONSOLIDATION)
    past.train(job, 10, from_step=4)
    assert trained(past) == [("half", 6)]


def test_a_version_descends_from_what_its_card_says(past: Past) -> None:
    past.stand_on(version(1), MoveKind.CONSOLIDATION)
    past.stand_on(version(2, lineage=("v001",)), MoveKind.CONSOLIDATION)
    assert (ancestors(past.store, "tiny"), ancestors(past.store, "v002")) == ((), ("v001", "v002"))
