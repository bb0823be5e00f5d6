"""Which checkpoints may go by themselves."""

from backend.domain.head import Checkpoint
from backend.head.pruning import superseded


def points(*reasons: str) -> list[Checkpoint]:
    """Newest first, with falling ids."""
    return [
        Checkpoint(id=len(reasons) - at, job=1, segment=1, step=1, path="", sums_sha256="", reason=reason)
        for at, reason in enumerate(reasons)
    ]


def test_interval_checkpoints_behind_the_last_two_go() -> None:
    assert [point.id for point in superseded(points(*["interval"] * 4), set())] == [2, 1]


def test_what_was_asked_for_or_is_needed_stays() -> None:
    made = points("interval", "interval", "pause", "interval", "interval", "start")
    assert [point.id for point in superseded(made, {3})] == [2]


def test_two_are_always_kept() -> None:
    assert superseded(points("interval", "interval"), set()) == []
