"""What became of the examples of a run: learned and at which step, still wrong, forgotten, regressed."""

import enum

import msgspec


class Fate(enum.StrEnum):
    """One for each example; the first that holds. Right and wrong are those of its answers, in order of steps."""

    FORGOTTEN = "forgotten"
    """Right at some step, wrong at the last."""
    REGRESSED = "regressed"
    """Never right, and its loss is worse at the last step than at the first."""
    LEARNED = "learned"
    """Wrong at first, right at the last."""
    KNOWN = "known"
    """Right at every step."""
    STILL_WRONG = "still-wrong"
    """Never right."""
    UNKNOWN = "unknown"
    """No answer was taken, and its loss did not become worse."""


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one example."""

    example_id: str
    fate: Fate
    learned_at: int | None = None
    """The step from which on every answer was right, where one before was wrong."""
    first_loss: float | None = None
    last_loss: float | None = None
    best_loss: float | None = None

    @property
    def gain(self) -> float | None:
        """Nats by which the loss fell; negative where it rose."""
        if self.first_loss is None or self.last_loss is None:
            return None
        return self.first_loss - self.last_loss


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """analysis.json, written when a job is done."""

    run: str
    job: int
    dataset: str
    dataset_name: str
    steps: tuple[int, ...]
    courses: tuple[Course, ...]
    learned: int
    never_learned: int
    forgotten: int
    regressed: int
    most_improved: tuple[str, ...]
    """Ids, the largest gain first."""
    least_improved: tuple[str, ...]
    """Ids, the smallest gain first."""
