"""When checkpoints are taken, and what is told of them: only what is on disk, read back and verified."""

import contextlib
import time
from pathlib import Path

from backend import files
from backend.clock import utc_now
from backend.engine.device import library_versions
from backend.engine.models.adapter import save_adapter
from backend.engine.reporter import Outlet
from backend.engine.training import checkpoint
from backend.engine.training.run import Run
from backend.engine.training.state import BaseReference, Metadata
from backend.errors import NoSpace
from backend.protocol.engine import CheckpointSaved
from backend.reserve import Reserve


class Saving:
    """Writes the checkpoints of one segment, numbered on from the command's."""

    def __init__(self, run: Run, reporter: Outlet) -> None:
        self._run = run
        self._reporter = reporter
        self._sequence = run.command.next_sequence
        self._saved_step = run.step
        self._saved_at = time.monotonic()
        self._folder = Path(run.command.run_folder) / "checkpoints"
        self._reserve = Reserve(Path(run.command.reserve) if run.command.reserve else None)

    def is_due(self) -> bool:
        """Whether the interval, in steps or minutes, is over."""
        settings = self._run.command.settings
        return (
            self._run.step % settings.checkpoint_steps == 0
            or time.monotonic() - self._saved_at >= settings.checkpoint_minutes * 60
        )

    def require_space(self) -> None:
        """Before a job: room for a checkpoint, and for the reserve that saves it from a full disk.

        Raises:
            NoSpace: with the bytes needed and the bytes free.
        """
        size = 3 * sum(parameter.nbytes for parameter in self._run.model.parameters() if parameter.requires_grad)
        files.require_space(self._folder.parent, size + self._reserve.missing(size))
        self._reserve.make(size)

    def save(self, reason: str) -> None:
        """Save unless nothing was trained since the last time.

        Raises:
            NoSpace: the disk is full. The last step was saved all the same where letting the reserve go made room for
                it; otherwise the checkpoints before it stand.
        """
        if self._run.step == self._saved_step:
            return
        try:
            self._write(reason)
        except NoSpace:
            self._reserve.release()
            with contextlib.suppress(NoSpace):
                self._write("no-space", emergency=True)
            raise

    def _write(self, reason: str, *, emergency: bool = False) -> None:
        run = self._run
        folder = self._folder / f"{self._sequence:06d}"
        created_at = utc_now()
        sums = checkpoint.write(
            folder,
            lambda staging: save_adapter(run.model, staging),
            run.content(),
            lambda hashes: self._metadata(reason, created_at, hashes),
            emergency=emergency,
        )
        self._reporter.send(
            CheckpointSaved(
                job=run.command.job,
                segment=run.command.segment,
                sequence=self._sequence,
                step=run.step,
                total_steps=run.total_steps,
                path=str(folder),
                sums_sha256=sums,
                reason=reason,
                loss=run.last_loss,
                created_at=created_at,
            )
        )
        self._sequence += 1
        self._saved_step = run.step
        self._saved_at = time.monotonic()

    def _metadata(self, reason: str, created_at: str, hashes: dict[str, str]) -> Metadata:
        run, command = self._run, self._run.command
        return Metadata(
            id=self._sequence,
            created_at=created_at,
            parent=command.adapter_from or command.resume_from,
            base=BaseReference(slug=command.base.slug, sha256=command.base.sha256),
            adapter=command.adapter,
            job=command.job,
            name=command.name,
            dataset=command.dataset,
            segment=command.segment,
            step=run.step,
            total_steps=run.total_steps,
            head_steps=command.total_steps_before + run.step - run.first_step,
            reason=reason,
            loss=run.last_loss,
            heldout_loss=run.heldout_loss,
            settings=command.settings,
            libraries=library_versions(),
            files=hashes,
        )
