"""The held-out loss: mean per supervised token over rows that are never trained."""

from collections.abc import Callable, Sequence

from backend.engine.training.batches import Example, micro_batches
from backend.engine.training.loss import SupervisedLoss

TIMES = 10
"""Evaluations within a job, the one at its start not counted."""


def is_due(step: int, total_steps: int) -> bool:
    """Whether the `step`-th completed step passes a tenth of the job, or ends it."""
    return step * TIMES // total_steps > (step - 1) * TIMES // total_steps


def evaluate(
    loss: SupervisedLoss, examples: Sequence[Example], token_budget: int, unwanted: Callable[[], bool]
) -> float | None:
    """Leaves no trace in what trains: the generators are seeded at every step.

    Args:
        unwanted: asked between micro-batches whether the user waits for something else.

    Returns:
        Nats per supervised token, or None when it was broken off.
    """
    supervised = sum(example.supervised for example in examples)
    total = 0.0
    with loss.evaluating():
        for batch in micro_batches(examples, token_budget):
            if unwanted():
                return None
            total += loss.summed(batch).item()
    return total / supervised
