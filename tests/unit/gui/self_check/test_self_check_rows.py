"""The rows of the self-check, and how they are shown."""

from io import StringIO

from rich.console import Console

from gui.self_check.rows import TASKS, Report, Row, Verdict
from gui.self_check.table import drawing, summary
from gui.self_check.work import looks

ROWS = (
    Row(name="files", verdict=Verdict.OK, seconds=0.04, text="43 icons"),
    Row(name="engine", verdict=Verdict.FAILED, seconds=2.0, text="It [ended] with 7.", hint="Look at the log."),
    Row(name="training", verdict=Verdict.NOT_RUN),
)


def shown(report: Report) -> list[str]:
    page = StringIO()
    drawing(report)(Console(file=page, width=100, highlight=False, soft_wrap=True))
    return page.getvalue().splitlines()


def test_every_row_has_its_part_and_every_part_its_row() -> None:
    assert list(looks()) == [task.name for task in TASKS]


def test_a_row_needs_only_rows_before_it() -> None:
    for number, task in enumerate(TASKS):
        assert set(task.needs) <= {earlier.name for earlier in TASKS[:number]}, task.name


def test_a_failure_shows_what_happened_what_to_do_and_where_the_logs_are() -> None:
    lines = shown(Report(ok=False, seconds=3.2, home="/tmp/kept", rows=ROWS))
    (failed,) = (number for number, line in enumerate(lines) if "FAILED" in line)
    assert "It [ended] with 7." in lines[failed]
    assert "Look at the log." in lines[failed + 1]
    assert any("training" in line and "not run" in line for line in lines)
    assert lines[-1] == "Failed: engine (3 s). What was tried is kept in /tmp/kept, its logs in home/logs there."


def test_success_is_one_sentence() -> None:
    report = Report(ok=True, seconds=24.4, home=None, rows=ROWS[:1] * 13)
    assert summary(report) == "All 13 parts work (24 s)."
