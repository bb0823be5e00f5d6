"""Events of a host as JSON objects, one a line, in the words of the command line."""

from typing import Any

import msgspec

from backend.domain.job import Job
from backend.protocol.engine import Activity, CheckpointSaved, HeldOut, Metric, Prepared, Started
from backend.protocol.evolution import RunChanged
from backend.protocol.host import (
    HostEvent,
    JobChanged,
    ModelAdded,
    Notice,
)


def line_of(event: HostEvent) -> dict[str, Any] | None:
    """The object for programs, or None for what they can do without."""
    match event:
        case Metric():
            return {"event": "metric", **fields(event)}
        case HeldOut():
            return {"event": "heldout", **fields(event)}
        case CheckpointSaved():
            return {"event": "checkpoint", **fields(event)}
        case Prepared():
            return {"event": "prepared", **fields(event)}
        case Started():
            return {"event": "started", **fields(event)}
        case Activity():
            return {"event": "activity", **fields(event)}
        case RunChanged(step=step) if step is not None:
            return {"event": "snapshot", **snapshot_line(event)}
        case Notice():
            return {"event": "notice", **fields(event)}
        case ModelAdded():
            return {"event": "model", **fields(event.base)}
        case JobChanged():
            return {"event": "job", **job_row(event.job)}
        case _:
            return None


def snapshot_line(told: RunChanged) -> dict[str, Any]:
    """A snapshot as `train --json` and `snapshot --json` tell of it: which, and the run's newest figures."""
    run = told.run
    figures = fields(run.last) if run.last is not None and run.steps[-1:] == (told.step,) else {}
    return {"job": run.job, "run": run.id, "folder": run.folder, "step": told.step, **figures}


def job_row(job: Job) -> dict[str, Any]:
    """A job as `queue list --json` and `train --json` show it."""
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
