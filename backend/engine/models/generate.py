"""Greedy answers to conversations: batched, padded on the left, with a key-value cache."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from transformers import GenerationConfig, PreTrainedTokenizerBase

from backend.engine.models.sharpen import sharpened
from backend.engine.tokens.render import Renderer
from backend.errors import UserError

BATCH = 16
"""Conversations answered at a time."""


@torch.inference_mode()
def answer(
    model: nn.Module,
    tokenizer: PreTrainedTokenizerBase,
    eos_ids: frozenset[int],
    conversations: Sequence[Sequence[Mapping[str, Any]]],
    max_new_tokens: int,
    template_date: str = "",
    context: int | None = None,
) -> list[str]:
    """What the model says next in each conversation, without special tokens.

    Raises:
        RowRefused: the model's chat template does not accept a conversation.
        UserError: a conversation leaves no room in `context` for an answer.
    """
    renderer = Renderer(tokenizer, template_date)
    prompts = [
        list(tokenizer.encode(renderer.render(messages, add_generation_prompt=True), add_special_tokens=False))
        for messages in conversations
    ]
    room = _room(prompts, max_new_tokens, context)
    was_training = model.training
    model.eval()
    try:
        # Similar lengths go together, so that padding stays small.
        order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
        answers = [""] * len(prompts)
        for first in range(0, len(order), BATCH):
            chosen = order[first : first + BATCH]
            for index, ids in zip(chosen, _greedy(model, [prompts[i] for i in chosen], eos_ids, room), strict=True):
                answers[index] = str(tokenizer.decode(ids, skip_special_tokens=True)).strip()
        return answers
    finally:
        model.train(was_training)


def _room(prompts: list[list[int]], wanted: int, context: int | None) -> int:
    longest = max((len(p) for p in prompts), default=0)
    if context is None:
        return wanted
    if longest >= context:
        raise UserError(
            f"The conversation has {longest:,} tokens and the model reads {context:,}.", "Ask with a shorter text."
        )
    return min(wanted, context - longest)


def _greedy(model: Any, prompts: list[list[int]], eos_ids: frozenset[int], most: int) -> list[list[int]]:
    """New token ids of each prompt, without the first of `eos_ids` and what follows it."""
    device = next(model.parameters()).device
    longest = max(len(p) for p in prompts)
    settings: Any = GenerationConfig
    greedy = settings(
        do_sample=False,
        num_beams=1,
        repetition_penalty=1.0,  # the model's own generation config would fill in what is not said here
        max_new_tokens=most,
        use_cache=True,
        eos_token_id=sorted(eos_ids),
        pad_token_id=min(eos_ids, default=0),
    )
    with sharpened(model):
        whole = model.generate(
            input_ids=torch.tensor([[greedy.pad_token_id] * (longest - len(p)) + p for p in prompts], device=device),
            attention_mask=torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in prompts], device=device),
            generation_config=greedy,
        )
    return [_until_end(row, eos_ids) for row in whole[:, longest:].tolist()]


def _until_end(row: list[int], eos_ids: frozenset[int]) -> list[int]:
    return next((row[:i] for i, token in enumerate(row) if token in eos_ids), row)
