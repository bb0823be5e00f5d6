"""The likeliest tokens are told apart although bfloat16 gives them one value."""

import torch
from torch import nn

from backend.engine.models.precision import FrozenLinear
from backend.engine.models.sharpen import sharpened

WIDTH, VOCABULARY = 32, 500


class OnlyHead(nn.Module):
    """A model that is nothing but its output layer."""

    def __init__(self, head: nn.Linear) -> None:
        super().__init__()
        self.head = head

    def get_output_embeddings(self) -> nn.Linear:
        return self.head

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(hidden)
        return logits


def hidden_and_head() -> tuple[torch.Tensor, FrozenLinear]:
    generator = torch.Generator().manual_seed(4)
    head = nn.Linear(WIDTH, VOCABULARY)
    with torch.no_grad():
        head.weight.copy_(torch.randn(VOCABULARY, WIDTH, generator=generator).to(torch.bfloat16))
    return 6 * torch.randn(200, 1, WIDTH, generator=generator), FrozenLinear(head)


@torch.no_grad()
def test_the_choice_is_that_of_float32_where_rounding_alone_would_choose_another() -> None:
    hidden, head = hidden_and_head()
    exact = hidden @ head.weight.float().T + head.bias
    model = OnlyHead(head)
    rounded = model(hidden)
    with sharpened(model):
        sharp = model(hidden)
    assert not torch.equal(rounded.argmax(-1), exact.argmax(-1))
    assert torch.equal(sharp.argmax(-1), exact.argmax(-1))
    torch.testing.assert_close(sharp.amax(-1), exact.amax(-1))
    assert torch.equal(model(hidden), rounded)


@torch.no_grad()
def test_a_float32_model_is_left_alone() -> None:
    model = OnlyHead(nn.Linear(WIDTH, VOCABULARY))
    with sharpened(model):
        assert not model.head._forward_hooks
