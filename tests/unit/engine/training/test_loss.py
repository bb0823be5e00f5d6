"""Tests that the loss is transformers' own, for architectures that treat their logits in different ways."""

from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    Cohere2Config,
    Gemma2Config,
    GPTNeoXConfig,
    GraniteConfig,
    LlamaConfig,
    PreTrainedConfig,
    Qwen3Config,
)

from backend.domain.head import AdapterSettings
from backend.engine.models import adapter
from backend.engine.training import heldout, loss
from backend.engine.training.batches import Example, micro_batches
from backend.engine.training.loss import SupervisedLoss, summed_cross_entropy

SMALL: dict[str, Any] = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
CONFIGS: list[PreTrainedConfig] = [
    LlamaConfig(**SMALL),
    Qwen3Config(**SMALL),
    Gemma2Config(**SMALL, final_logit_softcapping=2.0, sliding_window=8),
    Cohere2Config(**SMALL, logit_scale=0.25),
    GraniteConfig(**SMALL, logits_scaling=4.0),
    GPTNeoXConfig(**{name: value for name, value in SMALL.items() if name not in ("num_key_value_heads", "head_dim")}),
]


def examples() -> list[Example]:
    generator = np.random.default_rng(0)
    lengths = (23, 9, 9, 17, 5)
    return [
        Example(generator.integers(3, 97, length, dtype=np.int32), np.arange(length) >= length // 2)
        for length in lengths
    ]


def peft_model(config: PreTrainedConfig, dropout: float = 0.0) -> Any:
    """A random model with a random adapter, in float64 so that only a mistake shows."""
    torch.manual_seed(0)
    maker: Any = AutoModelForCausalLM
    model = adapter.attach(maker.from_config(config).double(), AdapterSettings(r=2), dropout, 0, torch.device("cpu"))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.requires_grad_("lora_" in name)
            if weight.requires_grad:
                weight.normal_(std=0.3)
    return model


def reference(model: Any, found: list[Example]) -> torch.Tensor:
    """Each sequence alone through transformers' own loss."""
    total = torch.zeros(())
    for example in found:
        ids = torch.from_numpy(example.ids.astype(np.int64))[None]
        labels = torch.where(torch.from_numpy(example.mask)[None], ids, -100)
        total = total + model(input_ids=ids, labels=labels, use_cache=False).loss * example.supervised
    return total


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.model_type)
def test_loss_and_gradients_are_those_of_transformers(config: PreTrainedConfig) -> None:
    model = peft_model(config)
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    expected = reference(model, examples())
    wanted = torch.autograd.grad(expected, weights)
    ours = SupervisedLoss(model, torch.device("cpu"))
    batches = micro_batches(examples(), 40)
    assert 1 < len(batches) < len(examples())
    for batch in batches:
        torch.autograd.backward(ours.summed(batch))
    total = sum(ours.summed(batch).item() for batch in batches)
    assert total == pytest.approx(expected.item(), rel=1e-5)
    for weight, gradient in zip(weights, wanted, strict=True):
        torch.testing.assert_close(weight.grad, gradient, rtol=1e-4, atol=1e-4)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    logits = torch.randn(50, 31, dtype=torch.float64).requires_grad_()
    targets = torch.randint(31, (50,))
    expected = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
    (wanted,) = torch.autograd.grad(expected, logits)
    monkeypatch.setattr(loss, "CHUNK_BYTES", 31 * 4 * 7)
    ours = summed_cross_entropy(logits, targets)
    (gradient,) = torch.autograd.grad(ours / 3, logits)
    torch.testing.assert_close(ours.double(), expected, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(gradient, wanted / 3, rtol=1e-5, atol=1e-6)


def test_evaluation_is_without_dropout_and_leaves_training_on() -> None:
    model = peft_model(CONFIGS[0], dropout=0.5)
    ours = SupervisedLoss(model, torch.device("cpu"))
    supervised = sum(example.supervised for example in examples())
    first, again = (heldout.evaluate(ours, examples(), 64, lambda: False) for _ in range(2))
    assert first == again
    assert model.training
    model.eval()
    assert first == pytest.approx(reference(model, examples()).item() / supervised, rel=1e-5)


def test_evaluation_is_broken_off_when_the_user_waits_for_something_else() -> None:
    ours = SupervisedLoss(peft_model(CONFIGS[0], dropout=0.0), torch.device("cpu"))
    asked: list[bool] = []

    def at_the_second_batch() -> bool:
        asked.append(True)
        return len(asked) == 2

    assert heldout.evaluate(ours, examples(), 1, at_the_second_batch) is None
    assert len(asked) == 2


@pytest.mark.parametrize("total", [1, 3, 10, 37, 1000])
def test_held_out_rows_are_evaluated_at_each_tenth_and_at_the_end(total: int) -> None:
    due = [step for step in range(1, total + 1) if heldout.is_due(step, total)]
    assert len(due) == min(total, heldout.TIMES)
    assert due[-1] == total
