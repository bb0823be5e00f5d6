"""Jobs on their way to another place in the queue: what a drag carries, and where it was let go."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QByteArray, QMimeData

from backend.domain.job import Job, Priority

JOBS_MIME = "application/x-espalier-jobs"


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where jobs were let go: in `priority`, before another job, or at the end of the level."""

    jobs: tuple[int, ...]
    priority: Priority
    before: int | None


def carried(jobs: Sequence[Job]) -> QMimeData:
    """The numbers of the jobs, in their order."""
    data = QMimeData()
    data.setData(JOBS_MIME, QByteArray(msgspec.json.encode([job.id for job in jobs])))
    return data


def jobs_in(data: QMimeData) -> tuple[int, ...]:
    """Empty for what is not ours."""
    try:
        return msgspec.json.decode(data.data(JOBS_MIME).data(), type=tuple[int, ...])
    except msgspec.MsgspecError:
        return ()
