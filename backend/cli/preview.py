"""`queue preview`: what a file holds as the model will see it, before it is queued or afterwards."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from backend import settings
from backend.cli import words
from backend.cli.control import find
from backend.cli.endings import Endings
from backend.cli.invocation import Invocation, invocation_of
from backend.cli.job_options import job_settings
from backend.cli.output import Output, PeopleOutput
from backend.cli.preview_view import draw
from backend.domain.job import Job, JobSettings
from backend.domain.preview import Preview
from backend.errors import ExitStatus, Refused, UserError, WrongUse
from backend.protocol.preview import Looked, NotReadable, PreviewOrder, Reading

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

MOST_ROWS = 200
LOOK_SECONDS = 0.2
Subject = Annotated[str, typer.Argument(metavar="FILE_OR_JOB", help="A file, or the number of a job.")]


def preview(
    context: typer.Context,
    subject: Subject,
    rows: Annotated[int, typer.Option(min=0, max=MOST_ROWS, help="So many of the first rows are shown.")] = 3,
    *,
    chosen: Mapping[str, Any],
) -> None:
    """Show what a file holds, what is refused and why, and its first rows with what is learned marked.

    Nothing is queued or changed. A job is shown with the settings that it froze; a file with a number for its name is
    meant by ./NUMBER.
    """
    from backend.preview.order import order_for  # loads the database library, which --help does without

    invocation = invocation_of(context)
    found = subject_of(invocation, subject)
    defaults = found.settings if isinstance(found, Job) else settings.load(invocation.home).job
    frozen: JobSettings | None = job_settings(defaults, chosen)
    order = order_for(invocation.home, found, frozen, rows)
    seen = look(invocation, order)
    value = {**msgspec.to_builtins(seen), "job": found.id if isinstance(found, Job) else None}
    invocation.output.result(value, lambda console: draw(console, seen))
    if not seen.rows:
        raise_nothing(invocation.output, seen)


def subject_of(invocation: Invocation, subject: str) -> Path | Job:
    """Raises WrongUse for a job that there is not."""
    if not subject.isdecimal():
        return Path(subject)
    from backend.reading import read_jobs

    job = find(read_jobs(invocation.home), int(subject))
    if job is None:
        raise WrongUse(f"There is no job {subject}.", f"`espalier queue list` shows them all; a file is ./{subject}.")
    return job


def look(invocation: Invocation, order: PreviewOrder) -> Preview:
    """Have the child look, and show how far it is.

    Raises:
        UserError: the file cannot be read, or a signal came.
    """
    from backend.preview.process import PreviewProcess

    with Endings() as endings, ReadingBar(invocation.output) as bar:
        process = PreviewProcess(order, invocation.home)
        try:
            while True:
                for event in process.take():
                    match event:
                        case Reading():
                            bar.show(event)
                        case Looked(preview=seen, last=True):
                            return seen
                        case NotReadable():
                            raise _raised(event)
                        case _:
                            pass
                if endings.count:
                    raise UserError("Stopped: the file was not looked at to its end.", "Nothing was changed.")
                process.wait(LOOK_SECONDS)
        finally:
            process.close()


def raise_nothing(output: Output, seen: Preview) -> None:
    """Nothing of the file can be trained: say why, and end with status 1."""
    if seen.bad:
        first = seen.bad[0]
        where = f", the first one (line {first.line})" if first.line else ""
        message, hint = f"No row of the file can be trained{where}: {first.reason}", first.remedy
    else:
        message, hint = "The file holds no rows.", "Give another file."
    if not output.json:
        output.error(message, hint)
    raise typer.Exit(ExitStatus.FAILED)


class ReadingBar:
    """Bytes read of the file, on a terminal; it goes without a trace, for the answer is what counts."""

    def __init__(self, output: Output) -> None:
        self._console = output.console if isinstance(output, PeopleOutput) and output.console.is_terminal else None
        self._bar: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> "ReadingBar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar[0].stop()

    def show(self, reading: Reading) -> None:
        if self._console is None:
            return
        if self._bar is None:
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            progress = Progress(
                TextColumn("reading {task.fields[size]}"),
                BarColumn(),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            )
            self._bar = (progress, progress.add_task("", total=reading.total, size=words.size(reading.total)))
            progress.start()
        progress, task = self._bar
        progress.update(task, completed=reading.done)


def _raised(event: NotReadable) -> UserError:
    kinds: dict[int, type[UserError]] = {ExitStatus.WRONG_USE: WrongUse, ExitStatus.REFUSED: Refused}
    return kinds.get(event.exit_status, UserError)(event.message, event.hint)
