"""Says where the same content waits as well when a job is brought back: undoing must work, so none is refused."""

from collections.abc import Iterable

from backend.domain.job import Job
from backend.store.store import Store


def twins_of(store: Store, jobs: Iterable[Job]) -> str:
    """A sentence such as "The same content waits as job 3 too."; empty where nothing waits twice."""
    found = {twin for job in jobs if (twin := store.jobs.twin_of(job)) is not None}
    if not found:
        return ""
    named = ", ".join(str(number) for number in sorted(found))
    return f"The same content waits as {'job' if len(found) == 1 else 'jobs'} {named} too."
