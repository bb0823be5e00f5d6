"""Float32 logits for the tokens that compete for the choice.

A bfloat16 output layer rounds logits near 25 to steps of 0.125: the two likeliest tokens are often given one value, and
which of them wins then depends on the processor (seen: "What is the capital of France?" answered in French on one CPU).
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from backend.engine.models.precision import FrozenLinear

COMPETING = 64
"""Tokens that are looked at again; rounding lifts no other one to the top."""


@contextlib.contextmanager
def sharpened(model: Any) -> Iterator[None]:
    """Inside, the output layer of `model` gives float32 logits for its likeliest tokens, at each position."""
    output_layer = model.get_output_embeddings()
    if not isinstance(output_layer, FrozenLinear):
        yield
        return
    handle = output_layer.register_forward_hook(_look_again)
    try:
        yield
    finally:
        handle.remove()


def _look_again(layer: nn.Module, arguments: tuple[torch.Tensor, ...], logits: torch.Tensor) -> torch.Tensor:
    """hidden (..., width) and logits (..., vocabulary)."""
    assert isinstance(layer, FrozenLinear)
    likeliest = logits.topk(min(COMPETING, logits.shape[-1]), dim=-1).indices
    rows = layer.weight[likeliest].to(logits.dtype)
    exact = (rows @ arguments[0].unsqueeze(-1)).squeeze(-1)
    return logits.scatter(-1, likeliest, exact if layer.bias is None else exact + layer.bias[likeliest])
