"""What undo and redo can lead to, and where that is ended."""

from backend.domain.move import MoveKind
from backend.head import reach
from tests.makers.past import Past
from tests.makers.version_rows import version


def on_two_versions(past: Past) -> None:
    """tiny, trained, v001, trained, v002, v001 again, v002 again."""
    past.train(past.job("first"), 4)
    past.stand_on(version(1), MoveKind.CONSOLIDATION)
    past.train(past.job("second"), 4)
    past.stand_on(version(2, lineage=("v001",)), MoveKind.CONSOLIDATION)


def test_every_head_before_and_after_a_standing_or_undone_move_can_be_reached(past: Past) -> None:
    on_two_versions(past)
    assert (reach.bases(past.store), reach.checkpoints(past.store)) == ({"tiny", "v001", "v002"}, {1, 2})
    past.undo()
    assert reach.bases(past.store) == {"tiny", "v001", "v002"}
    past.train(past.job("third"), 4)
    assert (reach.bases(past.store), reach.checkpoints(past.store)) == ({"tiny", "v001"}, {1, 2, 3})


def test_undo_ends_above_the_last_move_that_touches_a_base(past: Past) -> None:
    on_two_versions(past)
    past.train(past.job("third"), 4)
    reach.end_at(past.store, "v001")
    assert (reach.bases(past.store), reach.checkpoints(past.store)) == ({"v002"}, {3})
    assert [move.name for move in reach.standing(past.store)] == ["third"]


def test_redo_ends_where_it_would_lead_to_the_base(past: Past) -> None:
    on_two_versions(past)
    past.undo()
    past.undo()
    past.undo()
    assert (past.head.base, reach.bases(past.store)) == ("tiny", {"tiny", "v001", "v002"})
    reach.end_at(past.store, "v002")
    assert reach.bases(past.store) == {"tiny"}
    assert past.store.head.undone() == []
    assert reach.floor(past.store) == 0, "undo below it is as it was"


def test_ending_it_again_higher_up_never_lowers_it(past: Past) -> None:
    on_two_versions(past)
    reach.end_at(past.store, "v001")
    floor = reach.floor(past.store)
    reach.end_at(past.store, "tiny")
    assert reach.floor(past.store) == floor > 0
