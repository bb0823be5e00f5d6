"""Who waits longest: examples are taken in turn where the time does not suffice for all of them."""

from collections.abc import Iterable, Sequence

from backend.domain.snapshot import Snapshot


class Waiting:
    """Steps at which the loss and the answer of each example were last taken."""

    def __init__(self, snapshots: Iterable[Snapshot] = ()) -> None:
        self._losses: dict[str, int] = {}
        self._answers: dict[str, int] = {}
        for snapshot in snapshots:
            self.take(snapshot)

    def take(self, snapshot: Snapshot) -> None:
        """Note what a snapshot holds."""
        for one in snapshot.examples:
            if one.loss is not None:
                self._losses[one.example_id] = max(one.step, self._losses.get(one.example_id, -1))
            if one.model_output is not None:
                self._answers[one.example_id] = max(one.step, self._answers.get(one.example_id, -1))

    def for_loss(self, ids: Iterable[str]) -> Sequence[str]:
        """Never taken first, then by the last step, then by id."""
        return sorted(ids, key=lambda one: (self._losses.get(one, -1), one))

    def for_answer(self, ids: Iterable[str]) -> Sequence[str]:
        """Like `for_loss`, for answers."""
        return sorted(ids, key=lambda one: (self._answers.get(one, -1), one))
