"""A frozen bfloat16 projection and its LoRA adapter as one operation: fewer passes over memory, nothing kept twice.

The arithmetic is that of `FrozenLinear` under PEFT's own layer (Hu et al. 2021, arXiv:2106.09685): the frozen product
in bfloat16, the adapter in float32, their sum in float32.
"""

from typing import Any

import torch
from peft.tuners import lora
from torch import nn

from backend.engine.models.precision import FrozenLinear


class FusedProduct(torch.autograd.Function):
    """x · Wᵀ + scaling · (x · Aᵀ) · Bᵀ with gradients for x, A and B; W stays as it is."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, weight: torch.Tensor, a: torch.Tensor, b: torch.Tensor, scaling: float
    ) -> torch.Tensor:
        """x (tokens, in) float32, weight (out, in) bfloat16, a (r, in), b (out, r) float32; (tokens, out) float32."""
        inner = x @ a.t()
        ctx.save_for_backward(x, weight, a, b, inner)
        ctx.scaling = scaling
        return nn.functional.linear(x.to(weight.dtype), weight).to(x.dtype).addmm_(inner, b.t(), alpha=scaling)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (gradient,) = gradients
        x, weight, a, b, inner = ctx.saved_tensors
        of_inner = (gradient @ b).mul_(ctx.scaling)
        of_b = (gradient.t() @ inner).mul_(ctx.scaling)
        of_a = of_inner.t() @ x
        of_x = None
        if ctx.needs_input_grad[0]:
            of_x = (gradient.to(weight.dtype) @ weight).to(x.dtype).addmm_(of_inner, a)
        return of_x, None, of_a, of_b, None


class FusedLora(lora.Linear):
    """PEFT's LoRA layer on a FrozenLinear. What the fused operation does not cover goes PEFT's own way."""

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """x (..., in) gives (..., out)."""
        if not self._is_plain(x) or args or kwargs:
            result: torch.Tensor = super().forward(x, *args, **kwargs)
            return result
        (name,) = self.active_adapters
        base: Any = self.get_base_layer()
        apply: Any = FusedProduct.apply
        flat = apply(
            x.reshape(-1, x.shape[-1]),
            base.weight,
            self.lora_A[name].weight,
            self.lora_B[name].weight,
            self.scaling[name],
        )
        shaped: torch.Tensor = flat.view(*x.shape[:-1], flat.shape[-1])
        return shaped if base.bias is None else shaped + base.bias

    def _is_plain(self, x: torch.Tensor) -> bool:
        """One adapter that is neither switched off nor merged, no dropout now, everything but the base in float32."""
        if self.disable_adapters or self.merged or len(self.active_adapters) != 1:
            return False
        (name,) = self.active_adapters
        if name not in self.lora_A or (self.training and not isinstance(self.lora_dropout[name], nn.Identity)):
            return False
        return x.dtype == torch.float32 == self.lora_A[name].weight.dtype


def register(config: Any) -> None:
    """Tell a LoraConfig to put this layer on frozen projections (PEFT: custom modules)."""
    config._register_custom_module({FrozenLinear: FusedLora})
