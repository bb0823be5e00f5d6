"""From the command to a run ready for its first step: data, order, checks against the checkpoint, adapter, probe."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from peft import PeftModel

from backend import files
from backend.engine.control import Control
from backend.engine.device import Device
from backend.engine.models import adapter
from backend.engine.models.load import LoadedModel
from backend.engine.reporter import Outlet
from backend.engine.tokens.cache import TokenSet
from backend.engine.tokens.heldout import split_heldout
from backend.engine.tokens.prepare import prepare
from backend.engine.training import checkpoint, order, probe, rng
from backend.engine.training.batches import Example, examples_of
from backend.engine.training.checkpoint import Content
from backend.engine.training.fingerprint import Fingerprint, hard_parts, soft_parts
from backend.engine.training.ledger import BudgetEntry, Ledger, Mark
from backend.engine.training.loss import SupervisedLoss
from backend.engine.training.optimizer import Optimizer
from backend.engine.training.order import Order
from backend.engine.training.run import Run
from backend.protocol.engine import Activity, Mode, Prepared, Started, Train

LEDGER = "ledger.jsonl"
LONGEST_ROWS = 64
"""Rows that the probe looks at: the longest of the job."""


class WantsOut(Exception):
    """The host wants the segment to end before its first step."""


class Plan(NamedTuple):
    """What is to be trained, before any weight is touched."""

    tokens: TokenSet
    order: Order
    heldout: Sequence[Example]
    hard: dict[str, str]


class Preparation:
    """Makes one run. What takes time is announced first, and left undone when the host wants out."""

    def __init__(self, command: Train, device: Device, reporter: Outlet, control: Control) -> None:
        self._command = command
        self._device = device
        self._reporter = reporter
        self._control = control

    def stored(self) -> Content | None:
        """The job's own checkpoint, verified; the head's is verified too.

        Raises:
            Damaged: one of them is not whole.
        """
        command = self._command
        self.announce("checking the last checkpoint")
        if command.adapter_from is not None and command.adapter_from != command.resume_from:
            files.verify(Path(command.adapter_from))
        return checkpoint.read(Path(command.resume_from)) if command.resume_from is not None else None

    def plan(self, loaded: LoadedModel, stored: Content | None) -> Plan:
        """Raises UserError when the data cannot be trained or does not belong to the checkpoint."""
        command = self._command
        tokens = self._tokens(loaded)
        train_rows, heldout_rows = split_heldout(tokens, command.settings)
        self._say_prepared(tokens, len(train_rows), len(heldout_rows))
        planned = self._order(train_rows.tolist(), stored)
        hard = hard_parts(command, tokens.fingerprint, planned.fingerprint)
        if stored is not None:
            stored.state.fingerprint.require(hard, moved=command.mode is Mode.CONTINUE)
        order.store(planned, Path(command.run_folder))
        return Plan(tokens, planned, examples_of(tokens, heldout_rows.tolist()), hard)

    def run(self, model: PeftModel, plan: Plan, stored: Content | None) -> Run:
        """Put the state onto the model and try it. Raises Damaged and OutOfMemory."""
        command, device = self._command, self._device
        loss = SupervisedLoss(model, device.torch)
        optimizer = Optimizer(model.named_parameters(), command.settings)
        if (source := self._adapter_source()) is not None:
            adapter.load_weights(model, Path(source))
        if stored is not None and command.mode is Mode.RESUME:
            optimizer.load(stored.optimizer)
            rng.restore(stored.rng)
        ledger = Ledger(Path(command.run_folder) / LEDGER, stored.state.ledger if stored is not None else Mark())
        budget, per_token = self._token_budget(loss, optimizer, plan, stored)
        soft = soft_parts(command, budget, device)
        step, rewarm_from, seconds = self._position(stored)
        if stored is not None and stored.state.token_budget != budget:
            ledger.append(BudgetEntry(step=step, segment=command.segment, token_budget=budget))
        run = Run(
            command=command,
            device=device,
            model=model,
            tokens=plan.tokens,
            heldout=plan.heldout,
            order=plan.order,
            fingerprint=Fingerprint(hard=plan.hard, soft=soft),
            token_budget=budget,
            seconds_per_token=per_token,
            rewarm_from=rewarm_from,
            loss=loss,
            optimizer=optimizer,
            ledger=ledger,
            step=step,
            last_loss=stored.state.loss if stored is not None else None,
            heldout_loss=stored.state.heldout_loss if stored is not None else None,
            seconds=seconds,
        )
        self._say_started(run, stored)
        return run

    def announce(self, text: str, done: int = 0, total: int = 0) -> None:
        """Say what takes time now; raises WantsOut when nobody wants it any more."""
        if self._control.wants_out():
            raise WantsOut
        self._reporter.send(Activity(text=text, done=done, total=total))

    def _tokens(self, loaded: LoadedModel) -> TokenSet:
        command = self._command
        text = f"reading {command.name}"
        self.announce(text)
        return prepare(
            Path(command.dataset_path),
            command.dataset,
            loaded.tokenizer,
            loaded.eos_ids,
            loaded.context,
            command.settings,
            Path(command.token_cache),
            lambda done, total: self.announce(text, done, total),
        )

    def _order(self, rows: list[int], stored: Content | None) -> Order:
        """The stored order where it is one of these rows, else a new one; the fingerprint judges what comes out."""
        settings = self._command.settings
        if stored is not None:
            kept = order.load(Path(self._command.run_folder), stored.state.fingerprint.hard["order"])
            if kept is not None and kept.fits(rows, settings.epochs, settings.rows_per_step):
                return kept
        return order.shuffled(rows, settings.seed, settings.epochs, settings.rows_per_step)

    def _adapter_source(self) -> str | None:
        command = self._command
        return command.resume_from if command.mode is Mode.RESUME else command.adapter_from

    def _token_budget(
        self, loss: SupervisedLoss, optimizer: Optimizer, plan: Plan, stored: Content | None
    ) -> tuple[int, float]:
        """The one set, else the one stored with the run, else the fastest; tried on the longest rows in any case.

        Returns it with the seconds that a token took.
        """
        self.announce("trying the longest rows")
        every_row = np.array(plan.order.epochs[0])
        longest = every_row[np.argsort(-plan.tokens.lengths[every_row], kind="stable")[:LONGEST_ROWS]]
        examples = examples_of(plan.tokens, longest.tolist())
        budget = self._command.engine.token_budget or (stored.state.token_budget if stored is not None else 0)
        budget = budget or probe.token_budget(loss, optimizer, examples, self._device)
        return budget, probe.try_longest(loss, optimizer, examples, budget)

    def _position(self, stored: Content | None) -> tuple[int, int | None, float]:
        """Step, first step of the last continuation, and seconds trained."""
        if stored is None:
            return 0, None, 0.0
        state = stored.state
        rewarm_from = state.step if self._command.mode is Mode.CONTINUE else state.rewarm_from
        return state.step, rewarm_from, state.seconds

    def _say_prepared(self, tokens: TokenSet, rows: int, heldout: int) -> None:
        self._reporter.send(
            Prepared(
                job=self._command.job,
                rows=rows,
                heldout=heldout,
                refused=tokens.counts.refused,
                cut=tokens.counts.cut,
                tokens=tokens.counts.tokens,
                supervised=tokens.counts.supervised,
                bad=tokens.bad,
                warnings=tokens.warnings,
            )
        )

    def _say_started(self, run: Run, stored: Content | None) -> None:
        changes = stored.state.fingerprint.soft_changes(run.fingerprint.soft) if stored is not None else ()
        self._reporter.send(
            Started(
                job=self._command.job,
                mode=self._command.mode,
                step=run.step,
                total_steps=run.total_steps,
                token_budget=run.token_budget,
                soft_changes=changes if self._command.mode is Mode.RESUME else (),
            )
        )
