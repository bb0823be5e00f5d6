"""`queue move|set-priority|remove|restore|retry|set`: change jobs that wait, all that are named or none."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from backend.cli.hosting import changing
from backend.cli.invocation import Invocation, invocation_of
from backend.cli.level import Level
from backend.domain.job import Job
from backend.errors import WrongUse
from backend.host import ask
from backend.protocol.host import (
    Direction,
    Done,
    EditJob,
    MoveJobs,
    PlaceJobs,
    RemoveJobs,
    Request,
    RestoreJobs,
    RetryJobs,
)
from backend.records import job_row

Number = Annotated[int, typer.Argument(metavar="JOB", help="Its number, as `queue list` shows it.")]
Numbers = Annotated[list[int], typer.Argument(metavar="JOB...", help="Numbers, as `queue list` shows them.")]


def move(
    context: typer.Context,
    where: Annotated[
        list[str], typer.Argument(metavar="JOB... [up|down|top|bottom]", help="Numbers, then where they go.")
    ],
    before: Annotated[
        int | None, typer.Option(metavar="JOB", help="Put them before this one instead, at its level.")
    ] = None,
) -> None:
    """Move waiting jobs within their level, or before another job. Several keep their order."""
    invocation = invocation_of(context)
    if before is not None:
        numbers = _numbers(where)
        [target] = _read(invocation, [before])
        _change(invocation, PlaceJobs(jobs=numbers, priority=target.priority, before=before), numbers)
        return
    *words, direction = where
    if direction not in set(Direction):
        raise WrongUse(f"{direction!r} is no place.", f"Say one of {', '.join(Direction)}, or --before JOB.")
    numbers = _numbers(words)
    _change(invocation, MoveJobs(jobs=numbers, direction=Direction(direction)), numbers)


def set_priority(
    context: typer.Context,
    where: Annotated[
        list[str], typer.Argument(metavar="JOB... high|normal|low", help="Numbers, then the level they go to.")
    ],
) -> None:
    """Move waiting jobs to the end of another level. Those that are there already stay where they are."""
    invocation = invocation_of(context)
    *words, word = where
    if word not in set(Level):
        raise WrongUse(f"{word!r} is no level.", f"Say one of {', '.join(Level)}.")
    priority = Level(word).priority
    numbers = _numbers(words)
    others = tuple(job.id for job in _read(invocation, numbers) if job.priority is not priority)
    if others:
        _change(invocation, PlaceJobs(jobs=others, priority=priority), numbers)
    else:
        _show(invocation, numbers, f"Nothing changes: {priority.label} is their priority already.")


def remove(context: typer.Context, jobs: Numbers) -> None:
    """Take jobs that are not training out of the queue. Their stored files stay, and `queue restore` undoes it."""
    _change(invocation_of(context), RemoveJobs(jobs=tuple(jobs)), jobs)


def restore(context: typer.Context, jobs: Numbers) -> None:
    """Put removed jobs back to where they stood."""
    _change(invocation_of(context), RestoreJobs(jobs=tuple(jobs)), jobs)


def retry(context: typer.Context, jobs: Numbers) -> None:
    """Queue failed jobs again. Each goes on from its last verified checkpoint, and its errors stay in the history."""
    _change(invocation_of(context), RetryJobs(jobs=tuple(jobs)), jobs)


def put(context: typer.Context, job: Number, key: str, value: str) -> None:
    """Change one setting of a job that waits and has not begun. `queue show JOB` lists them."""
    name = key.removeprefix("job.").replace("-", "_")
    _change(invocation_of(context), EditJob(job=job, changes={name: value}), [job])


def _numbers(words: Sequence[str]) -> tuple[int, ...]:
    wrong = [word for word in words if not (word.isascii() and word.isdecimal())]
    if wrong:
        raise WrongUse(f"{wrong[0]!r} is no number of a job.", "`espalier queue list` shows the numbers.")
    if not words:
        raise WrongUse("No job is named.", "`espalier queue list` shows the numbers.")
    return tuple(int(word) for word in words)


def _change(invocation: Invocation, request: Request, numbers: Sequence[int]) -> None:
    with changing(invocation) as host:
        done = ask(host, request, Done)
    _show(invocation, numbers, done.text)


def _show(invocation: Invocation, numbers: Sequence[int], text: str) -> None:
    """The jobs as they now are, for programs; the sentence for people."""
    rows: list[dict[str, Any]] = [job_row(job) for job in _read(invocation, dict.fromkeys(numbers))]
    invocation.output.result({"jobs": rows, "text": text}, lambda console: console.print(text, markup=False))


def _read(invocation: Invocation, numbers: "Sequence[int] | dict[int, None]") -> tuple[Job, ...]:
    from backend.reading import read_these  # loads the database library, which --help does without

    return read_these(invocation.home, numbers)
