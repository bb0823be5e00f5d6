"""How people are shown what the self-check found."""

from typing import TYPE_CHECKING

from backend.cli.output import Draw
from gui.self_check.rows import Report, Row, Verdict

if TYPE_CHECKING:
    from rich.console import Console

LOGS = "home/logs"
STYLES = {Verdict.OK: "", Verdict.FAILED: "bold red", Verdict.NOT_RUN: "dim"}
WORDS = {Verdict.OK: "ok", Verdict.FAILED: "FAILED", Verdict.NOT_RUN: "not run"}


def drawing(report: Report) -> Draw:
    """A row for each part, then one sentence."""

    def draw(console: "Console") -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table("part", "", "seconds", "what was seen")
        for column in table.columns[:2]:
            column.no_wrap = True
        table.columns[2].justify = "right"
        for row in report.rows:
            seconds = "" if row.verdict is Verdict.NOT_RUN else f"{row.seconds:.1f}"
            table.add_row(
                row.name,
                Text(WORDS[row.verdict], style=STYLES[row.verdict]),
                seconds,
                Text(words_of(row), overflow="fold"),
            )
        console.print(table)
        console.print(summary(report), markup=False)

    return draw


def words_of(row: Row) -> str:
    """What happened, and on a line of its own what to do."""
    return f"{row.text}\n{row.hint}".rstrip()


def summary(report: Report) -> str:
    """For example: All 13 parts work (24 s)."""
    if report.ok:
        return f"All {len(report.rows)} parts work ({report.seconds:.0f} s)."
    failed = [row.name for row in report.rows if row.verdict is Verdict.FAILED]
    kept = f" What was tried is kept in {report.home}, its logs in {LOGS} there." if report.home else ""
    return f"Failed: {', '.join(failed)} ({report.seconds:.0f} s).{kept}"
