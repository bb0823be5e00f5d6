"""The learning rate as a pure function of the step, so that nothing of it needs to be stored."""

import math

from backend.domain.job import JobSettings, Schedule

REWARM_STEPS = 10
"""Steps over which a continuation rises to the job's schedule while its fresh optimizer finds its scale."""


def learning_rate(step: int, total_steps: int, settings: JobSettings, rewarm_from: int | None = None) -> float:
    """Learning rate of the optimizer step that is the `step`-th of the job, counted from 0.

    Args:
        step: 0 for the first step; `total_steps - 1` for the last, which still learns a little.
        total_steps: optimizer steps of the whole job.
        rewarm_from: first step of a continuation (semantics.md 3), where there was one.
    """
    warmup_steps = math.ceil(settings.warmup * total_steps)
    factor = (
        (step + 1) / warmup_steps
        if step < warmup_steps
        else _decay(step - warmup_steps, total_steps - warmup_steps, settings)
    )
    if rewarm_from is not None and step >= rewarm_from:
        factor *= min(1.0, (step - rewarm_from + 1) / REWARM_STEPS)
    return settings.learning_rate * factor


def _decay(step: int, steps: int, settings: JobSettings) -> float:
    match settings.schedule:
        case Schedule.LINEAR:
            return (steps - step) / steps
        case Schedule.COSINE:
            return 0.5 * (1.0 + math.cos(math.pi * step / steps))
        case Schedule.CONSTANT:
            return 1.0
