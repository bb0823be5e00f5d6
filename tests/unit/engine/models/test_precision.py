"""Frozen projections in bfloat16 keep the loss of float32 and hand on the right gradient."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from torch import nn

from backend.domain.head import Base
from backend.engine.device import Device
from backend.engine.models.load import LoadedModel, load_base
from backend.engine.models.precision import FrozenLinear, freeze

ROWS = Path(__file__).parents[4] / "resources" / "samples" / "identity.jsonl"
ROWS_PER_STEP = 8


def test_the_loss_of_a_step_of_the_starter_is_within_one_percent_of_float32(
    starter: LoadedModel, starter_base: Base, exact: Device
) -> None:
    reference = load_base(starter_base, exact).model
    rows = [msgspec.json.decode(line, type=dict[str, str]) for line in ROWS.read_bytes().splitlines()]
    texts = [f"{row['instruction']}\n{row['output']}" for row in rows if not row["input"]]
    for first in range(0, 2 * ROWS_PER_STEP, ROWS_PER_STEP):
        batch = [starter.tokenizer.encode(text) for text in texts[first : first + ROWS_PER_STEP]]
        wanted, found = mean_loss(reference, batch), mean_loss(starter.model, batch)
        assert found == pytest.approx(wanted, rel=0.01)
        assert found != wanted  # or nothing was in bfloat16


def mean_loss(model: Any, batch: list[list[int]]) -> float:
    """Mean cross-entropy over all tokens of the batch."""
    total = 0.0
    for row in batch:
        ids = torch.tensor([row])
        with torch.no_grad():
            total += float(model(input_ids=ids, labels=ids).loss) * (len(row) - 1)
    return total / sum(len(row) - 1 for row in batch)


def test_only_projections_are_bfloat16_and_nothing_trains(starter: LoadedModel) -> None:
    half = {name for name, p in starter.model.named_parameters() if p.dtype == torch.bfloat16}
    projections = {f"{name}.weight" for name, m in starter.model.named_modules() if isinstance(m, nn.Linear)}
    assert half == projections
    assert "lm_head.weight" in half
    assert {p.dtype for n, p in starter.model.named_parameters() if n not in half} == {torch.float32}
    assert {b.dtype for b in starter.model.buffers()} == {torch.float32}
    assert not any(p.requires_grad for p in starter.model.parameters())


def test_hardware_without_bfloat16_keeps_float32(tiny: LoadedModel) -> None:
    assert {p.dtype for p in tiny.model.parameters()} == {torch.float32}
    assert not any(isinstance(module, FrozenLinear) for module in tiny.model.modules())


def test_gradient_and_output_are_those_of_a_plain_layer() -> None:
    torch.manual_seed(0)
    plain = nn.Linear(48, 24)
    frozen = FrozenLinear(plain)
    x = torch.randn(3, 5, 48)
    own, reference = x.clone().requires_grad_(), x.clone().requires_grad_()
    found, wanted = frozen(own), plain(reference)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, wanted, rtol=0.02, atol=0.02)
    direction = torch.randn_like(found)
    found.backward(direction)
    wanted.backward(direction)
    assert own.grad is not None
    torch.testing.assert_close(own.grad, reference.grad, rtol=0.02, atol=0.02)


def test_nothing_but_the_weight_is_kept_for_backward() -> None:
    layer = FrozenLinear(nn.Linear(48, 24))
    kept: list[torch.Tensor] = []

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        layer(torch.randn(7, 48, requires_grad=True))
    assert [t.data_ptr() for t in kept] == [layer.weight.data_ptr()]


def test_a_subclass_of_linear_is_left_alone() -> None:
    class Scaled(nn.Linear):
        pass

    model = nn.Sequential(Scaled(4, 4), nn.Linear(4, 4))
    freeze(model, bfloat16=True)
    assert type(model[0]) is Scaled
    assert model[0].weight.dtype == torch.float32
    assert type(model[1]) is FrozenLinear
