"""Before the first step: the longest rows, so that too little memory shows at once, and the token budget."""

import time
from collections.abc import Sequence

import torch

from backend.engine.device import Device
from backend.engine.training.batches import Example, MicroBatch, micro_batches
from backend.engine.training.loss import SupervisedLoss
from backend.engine.training.memory import OutOfMemory, named
from backend.engine.training.optimizer import Optimizer

CPU_BUDGET = 512
"""Measured: on CPUs larger micro-batches leave the caches and are slower."""
LARGEST_BUDGET = 32768
WORTH = 1.05
"""A doubled budget has to be this much faster to be taken."""


def token_budget(loss: SupervisedLoss, optimizer: Optimizer, examples: Sequence[Example], device: Device) -> int:
    """The budget that trains fastest here; on an accelerator by trying, doubling while it pays.

    Raises:
        OutOfMemory: the smallest budget does not fit.
    """
    if not device.accelerator:
        return CPU_BUDGET
    longest = sorted(examples, key=lambda example: -example.length)
    best, speed = CPU_BUDGET, 0.0
    budget = CPU_BUDGET
    while budget <= LARGEST_BUDGET:
        batch = micro_batches(longest[: max(1, budget // longest[0].length)], budget)[0]
        try:
            _pass(loss, optimizer, batch)  # the first pass of a shape also chooses kernels
            seconds = _pass(loss, optimizer, batch)
        except OutOfMemory:
            if budget == CPU_BUDGET:
                raise
            break
        now = 1 / seconds
        if now < speed * WORTH:
            break
        best, speed, budget = budget, now, budget * 2
    return best


def try_longest(loss: SupervisedLoss, optimizer: Optimizer, examples: Sequence[Example], token_budget: int) -> float:
    """Forward and backward for the most demanding micro-batches that can come; the gradients are dropped.

    Returns:
        Seconds for each real token, of the last of them.

    Raises:
        OutOfMemory: the job cannot be trained with this budget.
    """
    longest = sorted(examples, key=lambda example: -example.length)
    alone = micro_batches(longest[:1], token_budget)[0]
    side_by_side = [example for example in longest if example.length * 2 <= token_budget]
    per_token = _pass(loss, optimizer, alone)
    if side_by_side:
        together = token_budget // side_by_side[0].length
        per_token = _pass(loss, optimizer, micro_batches(side_by_side[:together], token_budget)[0])
    return per_token


def _pass(loss: SupervisedLoss, optimizer: Optimizer, batch: MicroBatch) -> float:
    """Seconds for each real token."""
    began = time.perf_counter()
    with named():
        try:
            torch.autograd.backward(loss.summed(batch))
            loss.wait()
        finally:
            optimizer.drop_gradients()
    return (time.perf_counter() - began) / batch.tokens
