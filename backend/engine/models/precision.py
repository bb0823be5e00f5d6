"""Frozen projection weights in bfloat16, everything else in float32 (semantics.md 11)."""

from typing import Any

import torch
from torch import nn


class FrozenProduct(torch.autograd.Function):
    """x · Wᵀ in bfloat16 with a float32 result; backward gives the gradient of x alone, so x is not kept."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(weight)
        return nn.functional.linear(x.to(torch.bfloat16), weight).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        (gradient,) = gradients
        (weight,) = ctx.saved_tensors
        return (gradient.to(torch.bfloat16) @ weight).to(gradient.dtype), None


class FrozenLinear(nn.Linear):
    """A linear layer whose frozen weight is bfloat16 while its input, output and bias are float32."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__(layer.in_features, layer.out_features, bias=False, device="meta")
        self.weight = nn.Parameter(layer.weight.detach().to(torch.bfloat16), requires_grad=False)
        if layer.bias is not None:
            self.bias = nn.Parameter(layer.bias.detach().float(), requires_grad=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        apply: Any = FrozenProduct.apply
        product: torch.Tensor = apply(x, self.weight)
        return product if self.bias is None else product + self.bias


def freeze(model: nn.Module, bfloat16: bool) -> None:
    """Freeze every parameter and give it its precision: float32, but bfloat16 for linear layers where that is fast.

    Only exact `nn.Linear` layers change their class: a subclass may compute something else.
    """
    model.requires_grad_(False)
    if bfloat16:
        for name, layer in list(model.named_modules()):
            if type(layer) is nn.Linear:
                model.set_submodule(name, FrozenLinear(layer))
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if parameter.is_floating_point() and not (isinstance(module, FrozenLinear) and name == "weight"):
                parameter.data = parameter.data.float()
        for name, buffer in module.named_buffers(recurse=False):
            if buffer.is_floating_point():
                setattr(module, name, buffer.float())
