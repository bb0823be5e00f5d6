"""Events of a host as JSON objects, one a line, in the words of the command line."""

from typing import Any

from backend.domain.operation import OperationState
from backend.protocol.engine import Activity, CheckpointSaved, HeldOut, Metric, Prepared, Started
from backend.protocol.evolution import RunChanged
from backend.protocol.host import HostEvent, JobChanged, ModelAdded, Notice
from backend.protocol.keeping import OperationChanged
from backend.records import fields, job_row


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
        case OperationChanged(operation=operation) if operation.state is not OperationState.RUNNING:
            return {"event": "operation", **fields(operation)}
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
