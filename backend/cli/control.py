"""`pause`, `resume`, `stop`, `skip`, `save`: asked of the host, and told to the user only once they are facts."""

import time
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import typer

from backend import settings
from backend.cli import words
from backend.cli.controls import CONTROLS, RELEASE, RESUME, Control
from backend.cli.hosting import acting
from backend.cli.invocation import EPILOG, invocation_of
from backend.cli.release import memory_words
from backend.domain.job import Job, JobState
from backend.domain.status import Status
from backend.errors import UserError
from backend.host import Host, ask
from backend.paths import Home
from backend.protocol.host import (
    Done,
    Follow,
    GetStatus,
    HostEvent,
    StatusChanged,
    StatusReply,
)
from backend.reading import read_jobs

LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 600.0
"""A step of a large model takes seconds, saving it to a slow disk minutes."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a wish."""

    status: Status
    job: Job | None = None


def register(app: typer.Typer) -> None:
    for control in CONTROLS:
        app.command(control.name, help=control.help, epilog=EPILOG)(command_for(control))


def command_for(control: Control) -> Callable[..., None]:
    def command(
        context: typer.Context,
        reason: Annotated[str, typer.Option(help="Why; it is shown and kept.")] = "",
        wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for it to be a fact.")] = PATIENCE_SECONDS,
    ) -> None:
        run(context, control, reason, wait)

    return command


def run(context: typer.Context, control: Control, reason: str, wait: float) -> None:
    """Ask, wait for the fact, and say it."""
    invocation = invocation_of(context)
    with acting(invocation) as host:
        ask(host, Follow(), Done)
        before = status_after(ask(host, GetStatus(), StatusReply).status, host.pump())
        if control is RESUME and host.is_local:
            control = RELEASE
        done = ask(host, control.request(reason), Done)
        if before.job is None and not control.waits_when_idle:
            end = End(status=status_after(before, host.pump()))
            text = control.idle or done.text
        else:
            invocation.output.note(done.text)
            end = await_fact(host, invocation.home, control, before, wait)
            text = said(control, end, settings.load(invocation.home).engine.release_after_minutes)
    value = {
        "action": control.name,
        "status": end.status.state,
        "reason": reason or None,
        "text": text,
        **named(end.job),
    }
    invocation.output.result(value, lambda console: console.print(text, markup=False))


def await_fact(host: Host, home: Home, control: Control, before: Status, seconds: float) -> End:
    """Hear what the host tells until the wish is a fact; nothing is asked, for after a stop the host may be gone.

    Raises:
        UserError: it is not a fact within `seconds`, it can be one no longer, or the host is gone too early.
    """
    deadline = time.monotonic() + seconds
    events: list[HostEvent] = []
    while True:
        events += host.pump()
        status = status_after(before, events)
        if control.reached(status.state, events, before.job):
            return End(status=status, job=reached_job(control, events, find(read_jobs(home), before.job)))
        if time.monotonic() >= deadline:
            raise UserError(
                f"It is not {control.participle} yet after {words.duration(seconds)}: the engine is {status.state}.",
                "The wish stands and is carried out after the step; `espalier status` shows when.",
            )
        host.wait(LOOK_SECONDS)


def status_after(before: Status, events: list[HostEvent]) -> Status:
    """What the host said last of itself."""
    told = [event.status for event in events if isinstance(event, StatusChanged)]
    return told[-1] if told else before


def find(jobs: tuple[Job, ...], number: int | None) -> Job | None:
    return next((job for job in jobs if job.id == number), None)


def reached_job(control: Control, events: list[HostEvent], job: Job | None) -> Job | None:
    if job is None or control.as_reached is None:
        return job
    return control.as_reached(events, job)


def said(control: Control, end: End, release_after_minutes: float) -> str:
    job = end.job
    if job is None:
        return control.idle
    if job.state in (JobState.DONE, JobState.FAILED):
        return f"{job.name} ended first: {job.state}. {control.idle}".rstrip()
    memory = memory_words(end.status, release_after_minutes)
    sentence = (not job.step and control.sentence_at_start) or control.sentence
    return sentence.format(file=job.name, at=words.steps(job.step, job.total_steps), memory=memory)


def named(job: Job | None) -> dict[str, Any]:
    """What programs want to know of the job."""
    if job is None:
        return {"job": None, "file": None, "step": None, "total_steps": None}
    return {"job": job.id, "file": job.name, "step": job.step, "total_steps": job.total_steps or None}
