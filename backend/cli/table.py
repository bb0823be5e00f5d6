"""Tables of texts that others wrote: shown as they are, folded where the terminal is narrow."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend.datasets.visible import visible

if TYPE_CHECKING:
    from rich.console import Console


def draw_table(console: "Console", titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Nothing in a cell is markup or steers the terminal. The first column, its name, stays whole."""
    from rich.table import Table
    from rich.text import Text

    table = Table(*titles)
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*(Text(visible(cell), overflow="fold") for cell in row))
    console.print(table)
