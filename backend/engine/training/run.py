"""A run in memory: everything that one segment of one job trains with, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from peft import PeftModel

from backend.engine.device import Device
from backend.engine.tokens.cache import TokenSet
from backend.engine.training import rng
from backend.engine.training.batches import Example
from backend.engine.training.checkpoint import Content
from backend.engine.training.fingerprint import Fingerprint
from backend.engine.training.ledger import Ledger
from backend.engine.training.loss import SupervisedLoss
from backend.engine.training.optimizer import Optimizer
from backend.engine.training.order import Order
from backend.engine.training.state import TrainerState
from backend.protocol.engine import Train


@dataclass(kw_only=True)
class Run:
    """The fields of the first group stay as they are while the segment trains."""

    command: Train
    device: Device
    model: PeftModel
    tokens: TokenSet
    heldout: Sequence[Example]
    order: Order
    fingerprint: Fingerprint
    token_budget: int
    seconds_per_token: float
    """Of training, as tried before the first step."""
    rewarm_from: int | None
    loss: SupervisedLoss
    optimizer: Optimizer
    ledger: Ledger

    step: int
    """Completed optimizer steps of the job."""
    last_loss: float | None = None
    heldout_loss: float | None = None
    seconds: float = 0.0
    """Training time of the job, evaluations and saves not counted."""
    first_step: int = field(init=False)
    first_seconds: float = field(init=False)

    def __post_init__(self) -> None:
        self.first_step = self.step
        self.first_seconds = self.seconds

    @property
    def total_steps(self) -> int:
        return self.order.total_steps

    @property
    def expected_seconds(self) -> float:
        """Of the whole job's training, from what was trained, else from what was tried."""
        if self.step:
            return self.seconds / self.step * self.total_steps
        lengths = self.tokens.lengths
        return self.seconds_per_token * sum(float(lengths[list(epoch)].sum()) for epoch in self.order.epochs)

    def content(self) -> Content:
        """The whole state, the adapter apart, as a checkpoint holds it. The ledger is durable afterwards."""
        state = TrainerState(
            job=self.command.job,
            segment=self.command.segment,
            step=self.step,
            total_steps=self.total_steps,
            epoch=self.order.epoch_at(self.step),
            token_budget=self.token_budget,
            fingerprint=self.fingerprint,
            ledger=self.ledger.sync(),
            rewarm_from=self.rewarm_from,
            loss=self.last_loss,
            heldout_loss=self.heldout_loss,
            seconds=self.seconds,
        )
        return Content(state, self.optimizer.tensors(), rng.states())
