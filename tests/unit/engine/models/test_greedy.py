"""The greedy loop says what transformers' own says, for architectures that keep what they read in different ways."""

import warnings
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    BloomConfig,
    Gemma2Config,
    GenerationConfig,
    GPT2Config,
    LlamaConfig,
    PreTrainedConfig,
    Qwen3Config,
)

from backend.engine.models import generate
from backend.engine.models.generate import greedy

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
    Gemma2Config(**SMALL, sliding_window=8),
    GPT2Config(vocab_size=97, n_embd=32, n_layer=2, n_head=4, eos_token_id=2, bos_token_id=1),
    BloomConfig(vocab_size=97, hidden_size=32, n_layer=2, n_head=4, eos_token_id=2, bos_token_id=1),
]
PROMPTS = [list(range(3, 40)), [5], list(range(60, 72)), [7, 8, 9]]
LIMITS = [5, 12, 1, 9]


@pytest.fixture(params=CONFIGS, ids=lambda config: str(config.model_type))
def model(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    maker: Any = AutoModelForCausalLM
    return maker.from_config(request.param).eval()


def theirs(model: Any, prompt: list[int], limit: int, stops: frozenset[int]) -> list[int]:
    settings: Any = GenerationConfig
    settings = settings(do_sample=False, max_new_tokens=limit, eos_token_id=sorted(stops), pad_token_id=0)
    with warnings.catch_warnings(), torch.no_grad():
        given = torch.tensor([prompt])
        whole = model.generate(input_ids=given, attention_mask=torch.ones_like(given), generation_config=settings)
    said: list[int] = whole[0, len(prompt) :].tolist()
    return said


def test_a_batch_of_different_prompts_and_limits_says_what_each_says_alone(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = [theirs(model, prompt, limit, frozenset({2})) for prompt, limit in zip(PROMPTS, LIMITS, strict=True)]
    stops = frozenset({2, alone[1][4]})
    alone = [theirs(model, prompt, limit, stops) for prompt, limit in zip(PROMPTS, LIMITS, strict=True)]
    monkeypatch.setattr(generate, "PIECE_TOKENS", 20)
    said = greedy(model, PROMPTS, stops, LIMITS)
    for one, expected in zip(said, alone, strict=True):
        assert one.ids == [token for token in expected if token not in stops]
        assert one.stopped == (expected[-1] in stops)
        assert one.whole
    assert any(one.stopped for one in said)
    assert not all(one.stopped for one in said)


@pytest.mark.parametrize("passes", [0, 1, 3])
def test_what_is_broken_off_says_so_and_what_was_finished_stays(passes: int) -> None:
    torch.manual_seed(0)
    maker: Any = AutoModelForCausalLM
    left = passes

    def go_on(live: int) -> bool:
        nonlocal left
        left -= live > 0
        return left >= 0

    said = greedy(maker.from_config(LlamaConfig(**SMALL)).eval(), PROMPTS, frozenset({2}), LIMITS, go_on)
    assert [one.whole for one in said] == [False, False, True, False]
    assert [len(one.ids) for one in said] == [passes + 1, passes + 1, 1, passes + 1]


def test_nothing_is_said_where_it_ends_before_the_prompts_are_read() -> None:
    maker: Any = AutoModelForCausalLM
    said = greedy(maker.from_config(LlamaConfig(**SMALL)).eval(), PROMPTS, frozenset({2}), LIMITS, lambda live: False)
    assert all(one.ids == [] and not one.whole for one in said)
