"""How a preview is drawn for people: figures, refused lines, and rows with what is learned marked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend.cli import words
from backend.datasets.visible import visible
from backend.domain.dataset import Fault
from backend.domain.preview import FirstRow, Lengths, Preview, Span, TokenFigures

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

BAD_SHOWN = 10
LEARNED_STYLE = "bold green underline"
SPECIAL_STYLE = "dim"
LEARNED_OPEN, LEARNED_CLOSE = "[[", "]]"
"""Where there is no colour."""
FAULTS = {
    Fault.FORM: "not a row that can be read",
    Fault.NOTHING_TO_LEARN: "with nothing to learn",
    Fault.SPECIAL_TOKEN: "spelling a special token",
    Fault.TEMPLATE: "not accepted by the chat template",
    Fault.TOO_LONG: "longer than the longest length",
}


def draw(console: "Console", seen: Preview) -> None:
    _table(console, list(figures_of(seen)))
    if seen.note:
        console.print(f"\n{visible(seen.note)}", markup=False)
    for warning in seen.tokens.warnings if seen.tokens is not None else ():
        console.print(f"\nNote: {warning}", markup=False)
    if seen.bad:
        _refused(console, seen)
    if seen.first:
        console.print(f"\n{_legend(console)}", markup=False)
    for row in seen.first:
        _row(console, row)


def figures_of(seen: Preview) -> Iterator[tuple[str, str]]:
    """Name and text of each line."""
    yield "file", f"{visible(seen.name)}, {words.size(seen.bytes)}"
    readable = sum(seen.formats.values())
    yield "rows", f"{seen.rows:,}{'' if seen.rows == readable else f' of {readable:,}'}{shapes(seen)}"
    if seen.duplicates:
        yield "duplicates", f"{words.counted(seen.duplicates, 'row')} repeating an earlier one"
    if seen.refused:
        kinds = ", ".join(f"{count:,} {FAULTS[fault]}" for fault, count in sorted(seen.faults.items()))
        yield "refused", f"{words.counted(seen.refused, 'line')}: {kinds}"
    if seen.tokens is not None:
        yield from token_figures_of(seen.tokens)


def token_figures_of(found: TokenFigures) -> Iterator[tuple[str, str]]:
    yield "model", visible(found.base)
    yield "tokens", f"{found.tokens:,}, of which {found.supervised:,} are learned"
    yield "length", f"{spread(found.lengths)} (at most {found.limit:,} fit)"
    yield "learned", spread(found.supervised_lengths)
    if found.cut:
        yield "cut", f"{words.counted(found.cut, 'row')} to the longest length"
    if found.heldout is not None and found.steps is not None:
        yield "training", f"{words.counted(found.steps, 'step')}; {words.counted(found.heldout, 'row')} held out"


def spread(lengths: Lengths) -> str:
    return f"p50 {lengths.p50:,} · p95 {lengths.p95:,} · max {lengths.longest:,} tokens a row"


def shapes(seen: Preview) -> str:
    kinds = ", ".join(f"{count:,} {name}" for name, count in sorted(seen.formats.items()))
    return f" ({kinds})" if kinds else ""


def _table(console: "Console", lines: list[tuple[str, str]]) -> None:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, text in lines:
        table.add_row(name, _plain(text))
    console.print(table)


def _refused(console: "Console", seen: Preview) -> None:
    from rich.table import Table

    table = Table("line", "reason", "what to do", title="Refused lines", title_justify="left")
    for bad in seen.bad[:BAD_SHOWN]:
        table.add_row(
            str(bad.line) if bad.line else "whole file", _plain(visible(bad.reason)), _plain(visible(bad.remedy))
        )
    console.print()
    console.print(table)
    if seen.refused > BAD_SHOWN:
        console.print(f"and {seen.refused - BAD_SHOWN:,} more")


def _legend(console: "Console") -> str:
    if _coloured(console):
        return "The first rows as the model sees them; what it learns is underlined."
    return f"The first rows as the model sees them; it learns what stands between {LEARNED_OPEN} and {LEARNED_CLOSE}."


def _row(console: "Console", row: FirstRow) -> None:
    cut = ", cut to the longest length" if row.cut else ""
    learned = f"{row.supervised:,} learned"
    console.print()
    console.print(f"line {row.line}: {words.counted(row.tokens, 'token')}, {learned}{cut}", style="bold", markup=False)
    for number, sequence in enumerate(row.sequences, start=1):
        if len(row.sequences) > 1:
            console.print(f"sequence {number}", style=SPECIAL_STYLE)
        console.print(spelled(sequence, _coloured(console)))
    if row.more_sequences:
        console.print(f"… and {words.counted(row.more_sequences, 'sequence')} more", style=SPECIAL_STYLE)


def spelled(sequence: tuple[Span, ...], coloured: bool) -> "Text":
    """One sequence, marked by style or by brackets."""
    from rich.text import Text

    text = Text()
    within = False
    for span in sequence:
        if not coloured and span.learned is not within:
            text.append(LEARNED_OPEN if span.learned else LEARNED_CLOSE)
            within = span.learned
        if span.left_out:
            text.append(f" … {span.tokens:,} tokens not shown … ", style=SPECIAL_STYLE)
        else:
            text.append(visible(span.text), style=_style(span))
    return text.append(LEARNED_CLOSE) if within else text


def _style(span: Span) -> str:
    return LEARNED_STYLE if span.learned else SPECIAL_STYLE if span.special else ""


def _plain(text: str) -> "Text":
    from rich.text import Text

    return Text(text)


def _coloured(console: "Console") -> bool:
    return console.is_terminal and not console.no_color
