"""The optimizer steps of a run at which a snapshot is taken by itself (product.md)."""

FIRST = frozenset(
    {0, 10, 25, 50, 100, 150, 200, 250, 500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10000, 15000, 20000}
)
EVERY = 1000
"""Beyond the last of those."""


def is_due(step: int, total_steps: int) -> bool:
    """Whether a snapshot belongs after `step` completed steps; the start and the end always have one."""
    if step in (0, total_steps):
        return True
    return step in FIRST or (step > max(FIRST) and step % EVERY == 0)
