"""Makes the head ready for a demonstration without touching anybody's work."""

from pathlib import Path
from typing import TYPE_CHECKING

from backend import files
from backend.cli.endings import Endings
from backend.cli.invocation import Invocation
from backend.cli.model_choice import ensure_starter
from backend.cli.progress import Reporter
from backend.domain.job import HOLDING, WAITING
from backend.errors import Refused
from backend.host import ask
from backend.protocol.host import (
    Done,
    GetHead,
    HeadReply,
    JobsReply,
    ListJobs,
    RemoveJobs,
    StopTraining,
    UseModel,
)

if TYPE_CHECKING:
    from backend.client import RemoteHost
    from backend.service import Service


def fresh_head(
    host: "Service | RemoteHost", invocation: Invocation, sample: Path, reporter: Reporter, endings: Endings
) -> None:
    """Put the head afresh on the starter, and clear away what an earlier demonstration left unfinished.

    Raises:
        Refused: the home holds other files, or a head that they trained.
    """
    _refuse_foreign_work(host, invocation, files.sha256(sample))
    starter = ensure_starter(host, invocation.output, reporter, endings)
    jobs = ask(host, ListJobs(), JobsReply).jobs
    if any(job.state in HOLDING for job in jobs):
        ask(host, StopTraining(reason="A new demonstration begins."), Done)
    for job in ask(host, ListJobs(), JobsReply).jobs:
        if job.state in WAITING:
            ask(host, RemoveJobs(jobs=(job.id,)), Done)
    ask(host, UseModel(slug=starter), Done)


def _refuse_foreign_work(host: "Service | RemoteHost", invocation: Invocation, sample: str) -> None:
    jobs = ask(host, ListJobs(), JobsReply).jobs
    point = ask(host, GetHead(), HeadReply).head.checkpoint
    foreign = next((job.name for job in jobs if job.dataset != sample), None)
    if foreign is None and point is not None and point.job not in {job.id for job in jobs}:
        foreign = f"job {point.job}"
    if foreign is not None:
        raise Refused(
            f"{invocation.home.root} holds work of yours ({foreign}); the demonstration would begin a new head there.",
            "Choose another folder with --base-dir, or none for the demonstration's own.",
        )
