"""Which examples of a run are shown, and in which order: one answer for heat map and table."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backend.domain.evolution import PanelExample
from gui.evolution.choice import Kept, Order
from gui.evolution.fates import Fates
from gui.evolution.grid import Figures, Grid

Places = NDArray[np.intp]


def searchable(examples: Sequence[PanelExample]) -> list[str]:
    """What the search looks through, one text for each example."""
    return [f"{one.input}\n{one.expected_output}\n{one.example_id}".casefold() for one in examples]


def arranged(grid: Grid, fates: Fates, texts: Sequence[str], order: Order, kept: Kept, wanted: str) -> Places:
    """Places in the run of the examples that are shown, from top to bottom.

    Args:
        texts: what `searchable` made of the run's examples.
        wanted: every word of it must occur; case does not matter.
    """
    words = wanted.casefold().split()
    places = [
        place
        for place in _ordered(grid, fates, order)
        if _is_kept(grid.examples[place], fates, place, kept) and all(word in texts[place] for word in words)
    ]
    return np.array(places, dtype=np.intp)


def _ordered(grid: Grid, fates: Fates, order: Order) -> list[int]:
    """NaN comes last; equals stay in the order of the file."""
    examples = grid.examples
    by_file = np.lexsort(([one.line for one in examples], [one.dataset for one in examples], _own(examples)))
    keys: tuple[Figures, ...]
    match order:
        case Order.FINAL_LOSS:
            keys = (-fates.last_loss[by_file],)
        case Order.SPEED:
            keys = (-fates.gains[by_file], fates.learned_at[by_file])
        case Order.LENGTH:
            keys = (-np.array([one.length for one in examples], dtype=np.float64)[by_file],)
        case Order.FILE:
            return [int(place) for place in by_file]
    return [int(place) for place in by_file[np.lexsort(keys)]]


def _own(examples: Sequence[PanelExample]) -> list[bool]:
    """Rows of the file in training stand before pinned ones of other files."""
    return [one.source != "dataset" for one in examples]


def _is_kept(example: PanelExample, fates: Fates, place: int, kept: Kept) -> bool:
    match kept:
        case Kept.ALL:
            return True
        case Kept.HELD_OUT:
            return example.heldout
        case Kept.PINNED:
            return example.pinned
    return fates.fates[place].value == kept.value
