"""What the board says of training: the host's state, the job that is held, and why."""

from backend.control.board import Board
from backend.domain.job import Job, JobState
from backend.domain.status import HostState
from backend.store.store import Store
from backend.supervisor.engine import Engine
from backend.training.goal import Goal
from backend.training.held import Held, Wish

WISHED = {Wish.STOP: HostState.STOPPING, Wish.SKIP: HostState.SKIPPING, Wish.PAUSE: HostState.PAUSING}


class Showing:
    """Looks at facts alone; nothing is decided here."""

    def __init__(self, store: Store, engine: Engine, goal: Goal, board: Board) -> None:
        self._store = store
        self._engine = engine
        self._goal = goal
        self._board = board

    def show(self, held: Held | None, release_at: str | None) -> None:
        """Put it on the board.

        Args:
            held: what the engine holds.
            release_at: when a paused engine frees its memory.
        """
        job = self._store.jobs.holder() if held is None else self._store.jobs.get(held.job)
        if job is None:
            self._board.clear_job()
        else:
            self._board.put(job=job.id, current_file=job.name, checkpoint_step=job.step or None)
            if held is None:
                self._board.put(step=job.step, total_steps=job.total_steps or None, loss=job.loss)
        reason = (held.reason if held else "") or self._goal.held_reason or self._goal.stop_reason
        self._board.put(
            state=self._state(held, job),
            paused_at=self._goal.held_at,
            reason=reason or None,
            waiting=self._store.jobs.waiting_count(),
            engine_released=(not self._engine.alive) if job is not None and job.state is JobState.PAUSED else None,
            release_at=release_at,
        )

    def _state(self, held: Held | None, job: Job | None) -> HostState:
        if held is not None and held.wish is not None:
            return WISHED[held.wish]
        if held is not None and job is not None and job.state is JobState.RUNNING:
            return HostState.TRAINING
        if self._goal.held or (job is not None and job.state is JobState.PAUSED):
            return HostState.PAUSED
        if self._goal.training:
            return HostState.TRAINING
        return HostState.STOPPED if self._goal.stopped else HostState.IDLE
