"""Tables of texts that others wrote: shown as they are, folded where the terminal is narrow."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def draw_table(console: "Console", titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Nothing in a cell counts as markup."""
    from rich.table import Table
    from rich.text import Text

    table = Table(*titles)
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    console.print(table)
