"""What became of each example over a run: learned and at which step, still wrong, forgotten, regressed."""

from collections.abc import Iterable, Sequence

import msgspec

from backend.domain.analysis import Analysis, Course, Fate
from backend.domain.snapshot import Snapshot

WORSE_NATS = 0.1
WORSE_SHARE = 0.1
"""A loss that rose by more than both counts as worse; less is noise of rounding and of other rows."""
MOST_NAMED = 10


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """An example at a step; None is what was not taken."""

    step: int
    loss: float | None = None
    similarity: float | None = None
    right: bool | None = None


def course(example_id: str, points: Sequence[Point]) -> Course:
    """Args: points: in order of steps."""
    losses = [point.loss for point in points if point.loss is not None]
    answers = [(point.step, point.right) for point in points if point.right is not None]
    first, last = (losses[0], losses[-1]) if losses else (None, None)
    return Course(
        example_id=example_id,
        fate=_fate([right for _, right in answers], is_worse(first, last)),
        learned_at=_learned_at(answers),
        first_loss=first,
        last_loss=last,
        best_loss=min(losses, default=None),
    )


def is_worse(before: float | None, after: float | None) -> bool:
    """Whether a loss rose by more than noise."""
    if before is None or after is None:
        return False
    return after - before > max(WORSE_NATS, WORSE_SHARE * before)


def analyse(snapshots: Iterable[Snapshot]) -> Analysis | None:
    """Of all snapshots of one run, in any order; None where there is none."""
    ordered = sorted(snapshots, key=lambda snapshot: snapshot.training_step)
    if not ordered:
        return None
    points: dict[str, list[Point]] = {}
    for snapshot in ordered:
        for one in snapshot.examples:
            point = Point(step=snapshot.training_step, loss=one.loss, similarity=one.similarity, right=one.right)
            points.setdefault(one.example_id, []).append(point)
    courses = tuple(course(example_id, found) for example_id, found in points.items())
    gains = sorted((one for one in courses if one.gain is not None), key=lambda one: -(one.gain or 0.0))
    last = ordered[-1]
    return Analysis(
        run=last.run,
        job=last.job,
        dataset=last.dataset,
        dataset_name=last.dataset_name,
        steps=tuple(snapshot.training_step for snapshot in ordered),
        courses=courses,
        learned=sum(one.fate is Fate.LEARNED for one in courses),
        never_learned=sum(one.fate in (Fate.STILL_WRONG, Fate.REGRESSED) for one in courses),
        forgotten=sum(one.fate is Fate.FORGOTTEN for one in courses),
        regressed=sum(one.fate is Fate.REGRESSED for one in courses),
        most_improved=tuple(one.example_id for one in gains[:MOST_NAMED]),
        least_improved=tuple(one.example_id for one in gains[::-1][:MOST_NAMED]),
    )


def _fate(answers: Sequence[bool | None], worse: bool) -> Fate:
    if not answers:
        return Fate.REGRESSED if worse else Fate.UNKNOWN
    if answers[-1]:
        return Fate.KNOWN if all(answers) else Fate.LEARNED
    if any(answers):
        return Fate.FORGOTTEN
    return Fate.REGRESSED if worse else Fate.STILL_WRONG


def _learned_at(answers: Sequence[tuple[int, bool | None]]) -> int | None:
    if not answers or not answers[-1][1] or all(right for _, right in answers):
        return None
    last_wrong = max(place for place, (_, right) in enumerate(answers) if not right)
    return answers[last_wrong + 1][0]
