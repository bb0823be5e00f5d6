"""Changes what a job froze when it was queued, as long as nothing was trained with it (semantics.md 1)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from backend.clock import today
from backend.domain.job import WAITING, Job, JobSettings
from backend.errors import WrongUse
from backend.outbox import Outbox
from backend.queue.batch import changing
from backend.settings import parsed
from backend.store.store import Store


class Edits:
    """Settings come as text, read as `settings set` reads them."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def edit(self, number: int, changes: Mapping[str, str]) -> Job:
        """The job with its new settings.

        Raises:
            WrongUse: it does not wait or was begun, or a name or value does not fit.
        """
        with changing(self._store, self._outbox) as batch:
            job = self._store.jobs.get(number)
            self._require_fresh(job)
            settings = with_changes(job.settings, changes)
            if settings == job.settings:
                return job
            edited = msgspec.structs.replace(job, settings=settings)
            batch.put(edited, "edited", difference(job.settings, settings))
        return edited

    def _require_fresh(self, job: Job) -> None:
        if job.state not in WAITING:
            raise WrongUse(f"Job {job.id} is {job.state}.", "Only the settings of a waiting job can be changed.")
        points = self._store.checkpoints.standing_of(job.id)
        if job.step or any(own.checkpoint.step == 0 for own in points):
            raise WrongUse(
                f"{job.name} has begun and keeps the settings it began with; it is at step {job.step}.",
                "Queue the file again for other settings.",
            )


def with_changes(settings: JobSettings, changes: Mapping[str, str]) -> JobSettings:
    """The settings with some of them read from text.

    Raises:
        WrongUse: there is no such setting, or a text does not fit its type or bounds.
    """
    values: dict[str, Any] = msgspec.to_builtins(settings)
    for name, text in changes.items():
        if name not in values:
            allowed = ", ".join(JobSettings.__struct_fields__)
            raise WrongUse(f"A job has no setting named {name}.", f"It has {allowed}.")
        try:
            changed = msgspec.convert({**values, name: parsed(text, getattr(settings, name))}, JobSettings)
        except msgspec.ValidationError as error:
            raise WrongUse(f"{text!r} does not fit {name}: {error}.", f"It is now {values[name]}.") from error
        values = msgspec.to_builtins(changed)
    edited = msgspec.convert(values, JobSettings)
    return edited if edited.template_date else msgspec.structs.replace(edited, template_date=today())


def difference(before: JobSettings, after: JobSettings) -> str:
    """For example: epochs 1 → 3, dropout 0.0 → 0.1."""
    names = (name for name in JobSettings.__struct_fields__ if getattr(before, name) != getattr(after, name))
    return ", ".join(f"{name} {getattr(before, name)} → {getattr(after, name)}" for name in names)
