"""Losses of a model on the samples, and how near its predictions are to those of another."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from peft import PeftModel
from torch import nn
from transformers import PreTrainedModel

from backend.engine.consolidation import memory
from backend.engine.consolidation.course import Course
from backend.engine.training.batches import Example, MicroBatch, micro_batches
from backend.engine.training.loss import SupervisedLoss

KEPT_BYTES = 128 << 20
"""Of float32 predictions that are kept to compare with: 683 tokens of the starter's vocabulary."""
BATCH_TOKENS = 512
BATCH_TOKENS_ACCELERATOR = 4096
"""Padded tokens that go through the model at a time."""
Look = Callable[[int, torch.Tensor], object]
"""Gets the number of a batch and its logits, (supervised tokens, vocabulary) in float32."""


class Likeness(NamedTuple):
    """Of two models' predictions."""

    kl: float
    """Kullback-Leibler divergence, nats per token."""
    equal_top: float
    """Share of tokens with the same likeliest next one."""


class Measure:
    """The same batches for every model."""

    def __init__(self, examples: Sequence[Example], device: torch.device, course: Course) -> None:
        budget = BATCH_TOKENS if device.type == "cpu" else BATCH_TOKENS_ACCELERATOR
        self._batches = micro_batches(examples, budget)
        self._device = device
        self._course = course
        self._kept: list[torch.Tensor] = []
        """Log probabilities of the model that the others are compared with, a few of each batch."""
        self.tokens = sum(example.supervised for example in examples)

    def loss(self, model: PeftModel | PreTrainedModel, text: str) -> float:
        """Mean over supervised tokens, in nats; may be not finite. Raises UserError: memory does not suffice."""
        return self._pass(model, text, lambda number, logits: None)

    def reference(self, model: PeftModel | PreTrainedModel, text: str) -> float:
        """Like `loss`; what is measured after it is compared with this model."""
        self._kept = []

        def keep(_: int, logits: torch.Tensor) -> None:
            some = max(1, KEPT_BYTES // (4 * logits.shape[-1]) // len(self._batches))
            self._kept.append(logits[:some].log_softmax(dim=-1).cpu())

        return self._pass(model, text, keep)

    def compared(self, model: PeftModel | PreTrainedModel, text: str) -> tuple[float, Likeness]:
        """Like `loss`, and how near the model is to the reference."""
        kl, equal, tokens = 0.0, 0, 0

        def compare(number: int, logits: torch.Tensor) -> None:
            nonlocal kl, equal, tokens
            theirs = self._kept[number]
            own = logits[: len(theirs)].log_softmax(dim=-1).cpu()
            kl += nn.functional.kl_div(own, theirs, reduction="sum", log_target=True).item()
            equal += int((own.argmax(dim=-1) == theirs.argmax(dim=-1)).sum())
            tokens += len(theirs)

        loss = self._pass(model, text, compare)
        return loss, Likeness(kl / tokens, equal / tokens)

    def _pass(self, model: PeftModel | PreTrainedModel, text: str, look: Look) -> float:
        self._course.step(text, sum(batch.tokens for batch in self._batches))
        loss, total = SupervisedLoss(model, self._device), 0.0
        with loss.evaluating(), memory.enough_to("measure the merge"):
            for number, batch in enumerate(self._batches):
                total += self._batch(loss, number, batch, look)
                self._course.heed(batch.tokens)
        return total / self.tokens if math.isfinite(total) else math.nan

    def _batch(self, loss: SupervisedLoss, number: int, batch: MicroBatch, look: Look) -> float:
        logits = loss.logits(batch)
        look(number, logits)
        targets = batch.targets.to(self._device)
        return nn.functional.cross_entropy(logits, targets, reduction="sum").item()
