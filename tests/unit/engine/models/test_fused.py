"""The fused layer computes what PEFT's own layer computes, forwards and backwards."""

from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from peft.tuners import lora
from torch import nn

from backend.engine.models.fused import FusedLora
from backend.engine.models.precision import FrozenLinear

TOKENS, WIDTH, OUT = 6, 48, 24


@pytest.fixture
def base() -> FrozenLinear:
    torch.manual_seed(1)
    return FrozenLinear(nn.Linear(WIDTH, OUT))


def layer_of(kind: type[lora.Linear], base: FrozenLinear, dropout: float = 0.0) -> Any:
    layer: Any = kind(base, "default", LoraConfig(r=4, lora_alpha=8, lora_dropout=dropout), r=4, lora_alpha=8)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for adapter in (layer.lora_A["default"], layer.lora_B["default"]):
            adapter.float()  # as get_peft_model does
            adapter.weight.copy_(torch.randn(adapter.weight.shape, generator=generator))
    return layer


def pass_through(layer: Any, *, gradient_of_x: bool = True) -> tuple[torch.Tensor, ...]:
    """Result, and the gradients of A, of B and of x where asked for."""
    x = torch.randn(2, TOKENS // 2, WIDTH, generator=torch.Generator().manual_seed(3), requires_grad=gradient_of_x)
    result = layer(x)
    torch.autograd.backward((result * torch.linspace(-1, 1, OUT)).sum())
    weights = (layer.lora_A["default"].weight, layer.lora_B["default"].weight)
    found = [result.detach(), *(weight.grad for weight in weights)]
    return (*found, x.grad) if x.grad is not None else tuple(found)


@pytest.mark.parametrize("gradient_of_x", [True, False], ids=["inside", "first layer"])
def test_result_and_gradients_are_those_of_the_plain_layer(base: FrozenLinear, gradient_of_x: bool) -> None:
    fused = pass_through(layer_of(FusedLora, base), gradient_of_x=gradient_of_x)
    plain = pass_through(layer_of(lora.Linear, base), gradient_of_x=gradient_of_x)
    for ours, theirs in zip(fused, plain, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_it_is_used_only_where_it_covers_the_case(base: FrozenLinear, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_ways: list[torch.Tensor] = []
    forward = lora.Linear.forward

    def note(layer: lora.Linear, x: torch.Tensor) -> torch.Tensor:
        plain_ways.append(x)
        return forward(layer, x)

    monkeypatch.setattr(lora.Linear, "forward", note)
    x = torch.ones(1, WIDTH)
    layer = layer_of(FusedLora, base)
    layer(x)
    assert not plain_ways
    layer.enable_adapters(False)
    torch.testing.assert_close(layer(x), base(x))
    assert len(plain_ways) == 1
    with_dropout = layer_of(FusedLora, base, dropout=0.5)
    with_dropout(x)
    assert len(plain_ways) == 2
    with_dropout.eval()
    with_dropout(x)
    assert len(plain_ways) == 2


def test_peft_puts_it_on_frozen_projections_and_nowhere_else() -> None:
    from backend.engine.models import fused

    model = nn.Sequential(FrozenLinear(nn.Linear(WIDTH, OUT)), nn.Linear(OUT, OUT))
    config = LoraConfig(r=2, target_modules=["0", "1"])
    fused.register(config)
    adapted: Any = get_peft_model(model, config).base_model.model
    assert [type(layer) for layer in adapted] == [FusedLora, lora.Linear]
