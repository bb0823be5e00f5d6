"""What one undo takes back."""

import msgspec

from backend.domain.head import Checkpoint, Head
from backend.domain.move import Move, MoveKind, MoveState
from backend.head.unit import Unit, last_unit


def head(step: int) -> Head:
    """A head at a checkpoint of this number; 0 is a base without training."""
    point = Checkpoint(id=step, job=1, segment=1, step=step, path="", sums_sha256="", reason="end")
    return Head(base="tiny", checkpoint=point if step else None, total_steps=step)


def path(*steps: tuple[MoveKind, int, int]) -> list[Move]:
    """Newest first. Each step is kind, job and the checkpoint that the head came to."""
    moves = []
    at = 0
    for number, (kind, job, to) in enumerate(steps):
        name = "abcdef"[job]
        move = Move(id=number, kind=kind, state=MoveState.STANDING, at="", job=job, name=name, before=head(at))
        moves.append(msgspec.structs.replace(move, after=head(to)))
        at = to
    return moves[::-1]


def found(moves: list[Move], damaged: int = -1) -> Unit | None:
    after = moves[0].after if moves else None
    return last_unit(moves, after or head(0), lambda point: point.id != damaged)


TRAINING, USE, FALLBACK = MoveKind.TRAINING, MoveKind.USE, MoveKind.FALLBACK


def test_segments_of_one_job_in_a_row_go_together_and_no_others() -> None:
    unit = found(path((TRAINING, 1, 1), (TRAINING, 2, 2), (TRAINING, 1, 3), (TRAINING, 1, 4)))
    assert unit is not None
    assert (unit.words, unit.jobs, unit.before) == ("training of b", (1,), head(2))
    assert [move.id for move in unit.moves] == [3, 2]


def test_a_fallback_in_the_middle_of_a_job_or_after_it_belongs_to_it() -> None:
    middle = found(path((TRAINING, 1, 1), (TRAINING, 2, 3), (FALLBACK, 2, 2), (TRAINING, 2, 4)))
    after = found(path((TRAINING, 1, 1), (TRAINING, 2, 3), (FALLBACK, 2, 2)))
    assert middle is not None
    assert after is not None
    assert (middle.before, after.before) == (head(1), head(1))
    assert middle.words == after.words == "training of c"


def test_a_job_of_which_nothing_is_left_in_the_head_goes_with_the_one_before_it() -> None:
    unit = found(path((TRAINING, 1, 1), (TRAINING, 2, 2), (FALLBACK, 2, 1)))
    assert unit is not None
    assert (unit.words, unit.jobs, unit.before) == ("training of b and training of c", (2, 1), head(0))


def test_a_damaged_checkpoint_between_two_jobs_joins_them() -> None:
    moves = path((TRAINING, 1, 1), (TRAINING, 2, 2), (TRAINING, 3, 3))
    unit = found(moves, damaged=2)
    assert unit is not None
    assert (unit.words, unit.before) == ("training of c and training of d", head(1))


def test_the_choice_of_a_model_is_a_unit_of_its_own() -> None:
    unit = found(path((TRAINING, 1, 1), (USE, 2, 0)))
    assert unit is not None
    assert (unit.words, unit.before) == ("the choice of c", head(1))


def test_there_is_none_without_moves_or_where_an_older_program_said_too_little() -> None:
    assert found([]) is None
    [move] = path((TRAINING, 1, 1))
    assert last_unit([msgspec.structs.replace(move, before=None)], head(1), lambda _: True) is None
