"""The stages of one example: what was answered at each snapshot, beside the answer before it."""

from collections.abc import Iterable

import msgspec

from backend.domain.evolution import AnswerAt


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One snapshot as far as it concerns the example."""

    at: AnswerAt
    before: AnswerAt | None
    """The last answer before it; None where there was none."""

    @property
    def as_before(self) -> bool:
        """Whether the model said the same again."""
        return self.at.answer is not None and self.before is not None and self.at.answer == self.before.answer


def stages(answers: Iterable[AnswerAt]) -> list[Stage]:
    """In order of steps, as they come."""
    found: list[Stage] = []
    before: AnswerAt | None = None
    for at in answers:
        found.append(Stage(at=at, before=before))
        if at.answer is not None:
            before = at
    return found
