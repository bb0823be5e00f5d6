"""How state machines are run: the same examples each time, or many more and others each time.

ESPALIER_RACES=100 tries a hundred times as many.
"""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

CHOSEN = int(os.environ.get("ESPALIER_RACES", "0"))


def require_no_failure(machine: type[RuleBasedStateMachine], examples: int, steps: int, *, shrink: bool = True) -> None:
    """Run a machine; the smallest failure that is found is raised, or the first where shrinking would take too long."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples * max(1, CHOSEN),
            stateful_step_count=steps,
            derandomize=not CHOSEN,
            deadline=None,
            phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
