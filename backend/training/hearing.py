"""Turns what the engine says into stored facts, and only then into events (persist, then announce)."""

import logging

import msgspec

from backend.control.board import Board
from backend.domain.job import JobState
from backend.evolution.hearing import EvolutionHearing
from backend.head.keeper import HeadKeeper
from backend.outbox import Outbox
from backend.protocol import engine as said
from backend.store.store import Store
from backend.supervisor.link import Exited, HungUp, Said
from backend.training.changes import Changes
from backend.training.ends import Ends
from backend.training.tasks import Tasks
from backend.training.trainer import Trainer

log = logging.getLogger(__name__)
engine_log = logging.getLogger("engine")
AFTER_A_CHECKPOINT = (said.Outcome.DONE, said.Outcome.STOPPED, said.Outcome.SKIPPED, said.Outcome.OUT_OF_MEMORY)
"""Ends that answer a save which came too late for one of its own."""


class Hearing:
    """One method a kind of event; `take` chooses it."""

    def __init__(
        self,
        store: Store,
        trainer: Trainer,
        tasks: Tasks,
        ends: Ends,
        keeper: HeadKeeper,
        changes: Changes,
        board: Board,
        evolution: EvolutionHearing,
        outbox: Outbox,
    ) -> None:
        self._store = store
        self._trainer = trainer
        self._tasks = tasks
        self._ends = ends
        self._keeper = keeper
        self._changes = changes
        self._board = board
        self._evolution = evolution
        self._outbox = outbox

    def take(self, event: Said) -> None:
        """Take in one thing that the engine said, or its exit."""
        match event:
            case said.Ready():
                self._board.put(device=event.device, accelerator=event.accelerator, python=event.python or None)
                self._store.journal.add("engine ready", None, event.device)
            case said.Activity():
                self._board.put(activity=event.text)
                self._tasks.learn_activity(event)
                self._outbox.tell(event)
            case said.Metric():
                self._trainer.stepped(event.job)
                self._board.metric(event)
                self._outbox.tell(event)
            case said.LogLine():
                engine_log.log(logging.getLevelNamesMapping().get(event.level.upper(), logging.INFO), "%s", event.text)
            case said.Prepared() | said.Started() | said.HeldOut() | said.CheckpointSaved():
                self._of_job(event)
            case said.SnapshotTaken() | said.SnapshotFailed() | said.EvolutionEnded():
                self._of_evolution(event)
            case said.Saved(job=job, step=step):
                self._trainer.saved(job, step)
            case said.Paused():
                self._trainer.paused(event)
            case said.Resumed():
                self._trainer.resumed(event)
            case said.Ended():
                self._ended(event)
            case said.Answered():
                self._tasks.answered(event)
            case said.ModelImported():
                self._tasks.imported(event)
            case said.Merged():
                self._tasks.merged(event)
            case said.MergeFailed():
                self._tasks.merge_failed(event)
            case said.TaskFailed():
                self._task_failed(event)
            case Exited():
                self._exited(event)
            case HungUp():
                pass

    def _of_job(self, event: said.Prepared | said.Started | said.HeldOut | said.CheckpointSaved) -> None:
        match event:
            case said.Prepared():
                self._prepared(event)
            case said.Started():
                self._started(event)
            case said.HeldOut():
                self._held_out(event)
            case said.CheckpointSaved():
                self._keeper.record(event)
                self._board.put(checkpoint_step=event.step)
        self._outbox.tell(event)

    def _of_evolution(self, event: said.SnapshotTaken | said.SnapshotFailed | said.EvolutionEnded) -> None:
        match event:
            case said.SnapshotTaken():
                self._evolution.taken(event)
            case said.SnapshotFailed():
                self._evolution.failed(event)
            case said.EvolutionEnded():
                self._evolution.ended(event)

    def _prepared(self, event: said.Prepared) -> None:
        counts = f"{event.rows} rows train, {event.heldout} held out, {event.refused} refused, {event.cut} cut"
        self._changes.put(msgspec.structs.replace(self._store.jobs.get(event.job), rows=event.rows), "prepared", counts)
        self._trainer.prepared(event.job)
        for warning in event.warnings:
            self._changes.notice("warning", warning, "", event.job)

    def _started(self, event: said.Started) -> None:
        job = msgspec.structs.replace(self._store.jobs.get(event.job), total_steps=event.total_steps)
        with self._store.atomic():
            self._store.jobs.put_token_budget(job.id, event.token_budget)
            self._changes.put(job, "started", f"{event.mode} at step {event.step}")
        self._board.put(step=event.step, total_steps=event.total_steps, activity=None)
        if event.soft_changes:
            changes = ", ".join(event.soft_changes)
            self._changes.notice("info", f"{job.name} goes on, no longer bit-exact: {changes} changed.", "", job.id)
        if event.mode is said.Mode.CONTINUE:
            text = (
                f"The head has moved since {job.name} last trained: it continues at step {event.step} on the new head."
            )
            self._changes.notice("info", text, "", job.id)

    def _held_out(self, event: said.HeldOut) -> None:
        job = self._store.jobs.get(event.job)
        first = event.loss if job.heldout_first is None else job.heldout_first
        job = msgspec.structs.replace(job, heldout_first=first, heldout_last=event.loss)
        self._changes.put(job, "held-out loss", f"{event.loss:.4f} at step {event.step}")
        self._board.put(heldout_loss=event.loss)

    def _ended(self, event: said.Ended) -> None:
        held = self._trainer.held
        if held is None or held.job != event.job:
            log.warning("The engine ended job %s, which it did not hold.", event.job)
            return
        if held.saving and event.outcome in AFTER_A_CHECKPOINT:
            self._trainer.saved(held.job, self._store.jobs.get(held.job).step)
        self._ends.ended(held, event)
        self._trainer.let_go()
        if event.outcome in (said.Outcome.OUT_OF_MEMORY, said.Outcome.NO_SPACE, said.Outcome.FAILED):
            self._trainer.renew_engine()
        self._trainer.show()

    def _task_failed(self, event: said.TaskFailed) -> None:
        if self._tasks.current is not None:
            self._tasks.failed(event)
        else:
            self._changes.notice("error", event.message, event.hint)

    def _exited(self, event: Exited) -> None:
        held = self._trainer.held
        if held is not None:
            self._evolution.engine_gone(held.job)
            self._ends.lost(held, event.code, event.met)
            job = self._store.jobs.get(held.job)
            if held.saving and job.state is JobState.PAUSED:
                self._trainer.saved(job.id, job.step)
            self._trainer.let_go()
        self._tasks.lost(event.code)
        self._trainer.show()
