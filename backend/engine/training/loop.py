"""The training loop. Pause, stop, skip, save and leave act between its steps and nowhere else."""

import time
from collections import deque
from typing import NamedTuple

import torch

from backend.engine.control import Control, Gone, Wish
from backend.engine.evolution.snapshots import Snapshots
from backend.engine.reporter import Outlet
from backend.engine.training import heldout, rng
from backend.engine.training.batches import examples_of, micro_batches
from backend.engine.training.ledger import StepEntry
from backend.engine.training.memory import named
from backend.engine.training.run import Run
from backend.engine.training.saving import Saving
from backend.engine.training.schedule import learning_rate
from backend.protocol.engine import (
    HeldOut,
    Leave,
    Metric,
    Outcome,
    Pause,
    Paused,
    Resume,
    Resumed,
    Save,
    Saved,
    Skip,
    Stop,
    TakeSnapshot,
)

SPEED_STEPS = 10
"""Steps over which the reported speed is taken."""


class NotFinite(Exception):
    """Loss or gradient became infinite or no number; the optimizer step was not taken."""


class Measured(NamedTuple):
    loss: float
    learning_rate: float
    grad_norm: float
    tokens: int
    supervised: int


class Loop:
    """Steps of one segment, from where the run stands to its end or to a wish that ends it."""

    def __init__(self, run: Run, saving: Saving, snapshots: Snapshots, reporter: Outlet, control: Control) -> None:
        self._run = run
        self._saving = saving
        self._snapshots = snapshots
        self._reporter = reporter
        self._control = control
        self._recent: deque[tuple[int, float]] = deque(maxlen=SPEED_STEPS)

    def train(self) -> Outcome:
        """Raises NotFinite, OutOfMemory or NoSpace; the run then stands at its last completed step."""
        run = self._run
        if run.step == 0:
            self._evaluate()
        while run.step < run.total_steps:
            if (outcome := self._heed()) is not None:
                self._snapshots.leave()
                return outcome
            if not self._snapshots.look():
                continue
            self._step()
            if heldout.is_due(run.step, run.total_steps):
                self._evaluate()
            if run.step < run.total_steps and self._saving.is_due():
                self._saving.save("interval")
        self._saving.save("end")
        self._snapshots.end()
        return Outcome.DONE

    def _heed(self) -> Outcome | None:
        """Do what is wished; waits here while paused."""
        wish = self._control.wish()
        while wish is not None:
            match wish:
                case Stop() | Leave():
                    self._saving.save("pipe-closed" if isinstance(wish, Gone) else "stop")
                    return Outcome.STOPPED
                case Skip():
                    self._saving.save("skip")
                    return Outcome.SKIPPED
                case Pause():
                    self._saving.save("pause")
                    wish = self._hold()
                    continue
                case Save():
                    self._saving.save("save")
                    self._reporter.send(Saved(**self._place()))
                case TakeSnapshot():
                    self._snapshots.wish()
                case Resume():
                    pass  # nothing was paused
            wish = self._control.wish()
        return None

    def _hold(self) -> Wish | None:
        """Wait for the end of the pause; returns the wish that ends the segment with it, if that is how it ends."""
        self._reporter.send(Paused(**self._place()))
        while True:
            match self._control.wait_for_wish():
                case Resume():
                    self._reporter.send(Resumed(**self._place()))
                    return None
                case Stop() | Skip() | Leave() as wish:
                    return wish
                case Save():
                    self._reporter.send(Saved(**self._place()))  # by the pause
                case TakeSnapshot():
                    self._snapshots.wish()
                    self._snapshots.look(holding=True)  # the model is here; broken off, it is taken after the pause
                case Pause():
                    pass

    def _place(self) -> dict[str, int]:
        return {"job": self._run.command.job, "step": self._run.step}

    def _step(self) -> None:
        """One optimizer step, its ledger line and its metric."""
        run = self._run
        began = time.perf_counter()
        measured = self._optimise(run.step)
        seconds = time.perf_counter() - began
        run.step += 1
        run.last_loss = measured.loss
        run.seconds += seconds
        self._recent.append((measured.tokens, seconds))
        run.ledger.append(
            StepEntry(
                step=run.step,
                segment=run.command.segment,
                samples=tuple(int(run.tokens.row_lines[row]) for row in run.order.rows_of(run.step - 1)),
                loss=measured.loss,
                learning_rate=measured.learning_rate,
                tokens=measured.tokens,
                supervised=measured.supervised,
            )
        )
        self._reporter.send(
            Metric(
                job=run.command.job,
                step=run.step,
                total_steps=run.total_steps,
                epoch=run.order.epoch_at(run.step),
                tokens_per_second=sum(tokens for tokens, _ in self._recent) / sum(took for _, took in self._recent),
                seconds=run.seconds - run.first_seconds,
                memory_bytes=run.device.memory_bytes(),
                **measured._asdict(),
            )
        )

    def _optimise(self, step: int) -> Measured:
        """The loss is the sum over supervised tokens divided by those of the whole step."""
        run = self._run
        settings = run.command.settings
        rng.seed_step(settings.seed, step)
        examples = examples_of(run.tokens, run.order.rows_of(step))
        supervised = sum(example.supervised for example in examples)
        total = torch.zeros((), device=run.device.torch)
        tokens = 0
        with named():
            for batch in micro_batches(examples, run.token_budget):
                loss = run.loss.summed(batch) / supervised
                torch.autograd.backward(loss)
                total += loss.detach()
                tokens += batch.tokens
            norm = run.optimizer.clip()
        if not torch.isfinite(total + norm):
            raise NotFinite
        rate = learning_rate(step, run.total_steps, settings, run.rewarm_from)
        run.optimizer.step(rate)
        return Measured(total.item(), rate, norm.item(), tokens, supervised)

    def _evaluate(self) -> None:
        """Broken off when the segment is to end before the job does, so that a stop never waits for it."""
        run = self._run
        if run.heldout:
            with named():
                loss = heldout.evaluate(run.loss, run.heldout, run.token_budget, self._is_cut_short)
            if loss is None:
                return
            run.heldout_loss = loss
            self._reporter.send(HeldOut(job=run.command.job, step=run.step, loss=run.heldout_loss))

    def _is_cut_short(self) -> bool:
        return self._run.step < self._run.total_steps and self._control.wants_out()
