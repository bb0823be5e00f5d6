"""Records as JSON objects for other programs: the same from the command line and from the HTTP API."""

from typing import Any

import msgspec

from backend.domain.job import Job


def job_row(job: Job) -> dict[str, Any]:
    """A job as `queue list --json`, `train --json` and the API's queue show it."""
    return {
        "id": job.id,
        "file": job.name,
        "priority": job.priority.label,
        "status": job.state,
        "position": job.position,
        "rows": job.rows,
        "steps_done": job.step,
        "steps_total": job.total_steps or None,
        "loss": job.loss,
        "heldout_first": job.heldout_first,
        "heldout_last": job.heldout_last,
        "reason": job.reason or None,
        "hint": job.hint or None,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "dataset": job.dataset,
    }


def fields(message: msgspec.Struct) -> dict[str, Any]:
    """A record as JSON knows it, without the tag of its kind."""
    found: dict[str, Any] = msgspec.to_builtins(message)
    found.pop("type", None)
    return found
