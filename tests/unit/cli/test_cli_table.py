"""Tables of texts that others wrote: as they are, and harmless."""

import io

from rich.console import Console

from backend.cli.table import draw_table


def shown(width: int, *cells: str) -> str:
    screen = io.StringIO()
    draw_table(Console(file=screen, width=width), ["id"] + ["text"] * (len(cells) - 1), [cells])
    return screen.getvalue()


def test_markup_and_terminal_controls_are_text() -> None:
    told = shown(80, "1", "[red]x[/red]", "\x1b[31mred")
    assert "[red]x[/red]" in told
    assert "\x1b" not in told


def test_in_a_narrow_terminal_texts_fold_and_ids_stay_whole() -> None:
    told = shown(40, "0123abcd", "a text that is much longer than there is room", "another one of some length")
    assert "0123abcd" in told
    assert "…" not in told
    assert max(len(line) for line in told.splitlines()) <= 40
