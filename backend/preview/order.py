"""What to look at and how: a file before it is queued, or a job's stored copy with the settings it froze."""

import os
from pathlib import Path

import msgspec

from backend import settings
from backend.clock import today
from backend.datasets.label import label
from backend.domain.head import Base
from backend.domain.job import Job, JobSettings
from backend.paths import Home
from backend.protocol.preview import PreviewOrder
from backend.reading import read_head

ROWS = 10


def order_for(home: Home, subject: Path | Job, chosen: JobSettings | None = None, rows: int = ROWS) -> PreviewOrder:
    """Args: chosen: instead of what the job froze, or of the home's defaults.

    Raises:
        UserError: the home's settings or its database cannot be read.
    """
    base = read_head(home)[1]
    if isinstance(subject, Path):
        return _order(subject.absolute(), label(subject.name), chosen or settings.load(home).job, base, rows)
    stored = home.dataset(subject.dataset)
    order = _order(stored, subject.name, chosen or subject.settings, base, rows)
    return msgspec.structs.replace(order, sha256=subject.dataset)


def _order(path: Path, name: str, job: JobSettings, base: Base | None, rows: int) -> PreviewOrder:
    if not job.template_date:
        job = msgspec.structs.replace(job, template_date=today())
    return PreviewOrder(path=os.fsencode(path), name=name, settings=job, base=base, rows=rows)
