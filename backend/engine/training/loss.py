"""Cross-entropy summed over supervised tokens, with logits computed for those alone."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from peft import PeftModel
from torch import nn
from transformers import PreTrainedModel

from backend.engine.training.batches import MicroBatch

CHUNK_BYTES = 64 << 20
"""Float32 logits worked on at a time."""


class SummedCrossEntropy(torch.autograd.Function):
    """Sum of float32 cross-entropies. The gradient is made with the loss, chunk by chunk; no softmax is kept."""

    @staticmethod
    def forward(ctx: Any, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """logits (tokens, vocabulary) float32, targets (tokens,); the sum is a scalar."""
        rows = max(1, min(logits.shape[0], CHUNK_BYTES // (4 * logits.shape[-1])))
        gradient = torch.empty_like(logits) if logits.requires_grad else None
        scratch = logits.new_empty(rows if gradient is None else 0, logits.shape[-1])
        total = logits.new_zeros(())
        for first in range(0, logits.shape[0], rows):
            part = logits[first : first + rows]
            wanted = targets[first : first + rows, None]
            # The gradient is its own work space: passes over fresh memory cost more than the arithmetic.
            work = scratch[: part.shape[0]] if gradient is None else gradient[first : first + rows]
            torch.sub(part, part.amax(dim=-1, keepdim=True), out=work)
            own = work.gather(1, wanted)
            sums = work.exp_().sum(dim=-1, keepdim=True)
            total += (sums.log() - own).sum()
            if gradient is not None:
                work.div_(sums).scatter_add_(1, wanted, -torch.ones_like(sums))
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, None]:
        (gradient,) = ctx.saved_tensors
        return gradient.mul_(grads[0]), None


summed_cross_entropy: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = SummedCrossEntropy.apply


class SupervisedLoss:
    """Runs a causal language model so that its output layer sees only the hidden states that predict something.

    The selection happens in front of the output layer, so whatever the architecture does to its logits afterwards
    (soft caps, scales) still applies.
    """

    def __init__(self, model: PeftModel | PreTrainedModel, device: torch.device) -> None:
        self._model: Any = model
        self._output_layer = model.get_output_embeddings()
        self._device = device
        model.train()

    def summed(self, batch: MicroBatch) -> torch.Tensor:
        """Cross-entropy summed over the batch's supervised tokens, a float32 scalar."""
        return summed_cross_entropy(self.logits(batch), batch.targets.to(self._device))

    def each(self, batch: MicroBatch) -> list[float]:
        """Mean cross-entropy of each sequence of the batch over its own supervised tokens, without gradients."""
        logits, targets = self.logits(batch), batch.targets.to(self._device)
        rows = max(1, CHUNK_BYTES // (4 * logits.shape[-1]))
        parts = zip(torch.split(logits, rows), torch.split(targets, rows), strict=True)
        losses = torch.cat([nn.functional.cross_entropy(part, wanted, reduction="none") for part, wanted in parts])
        counts = torch.bincount(batch.positions // batch.ids.shape[1], minlength=len(batch.ids))
        return [own.mean().item() for own in torch.split(losses.cpu(), counts.tolist())]

    def logits(self, batch: MicroBatch) -> torch.Tensor:
        """(supervised tokens, vocabulary) in float32."""
        positions = batch.positions.to(self._device)
        with _selecting(self._output_layer, positions):
            logits = self._model(input_ids=batch.ids.to(self._device), use_cache=False).logits
        flat: torch.Tensor = logits.reshape(-1, logits.shape[-1]).float()
        return flat

    @contextlib.contextmanager
    def evaluating(self) -> Iterator[None]:
        """Without dropout and gradients."""
        self._model.eval()
        try:
            with torch.no_grad():
                yield
        finally:
            self._model.train()

    def wait(self) -> None:
        """Until the device has done what was asked of it, so that its errors and times show here."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)


@contextlib.contextmanager
def _selecting(output_layer: torch.nn.Module, positions: torch.Tensor) -> Iterator[None]:
    def select(_: torch.nn.Module, arguments: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        hidden, *rest = arguments
        return (hidden.reshape(1, -1, hidden.shape[-1]).index_select(1, positions), *rest)

    handle = output_layer.register_forward_pre_hook(select)
    try:
        yield
    finally:
        handle.remove()
