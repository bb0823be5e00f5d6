"""Answers are greedy, end at the stop token, and do not depend on their neighbours in the batch."""

import pytest
import torch

from backend.engine.models.generate import answer
from backend.engine.models.load import LoadedModel
from backend.errors import UserError

CAPITAL = [{"role": "user", "content": "What is the capital of France?"}]
SHORT = [{"role": "user", "content": "Who?"}]
LONG = [{"role": "user", "content": "What is two plus three? How many apples are left, and who are you?"}]


def test_the_starter_knows_the_capital_of_france_and_stops(starter: LoadedModel) -> None:
    (found,) = answer(starter.model, starter.tokenizer, starter.eos_ids, [CAPITAL], 60)
    assert found == "The capital of France is Paris."


def test_a_batch_answers_as_each_conversation_alone(tiny: LoadedModel) -> None:
    together = answer(tiny.model, tiny.tokenizer, tiny.eos_ids, [LONG, SHORT, LONG], 12)
    alone = [answer(tiny.model, tiny.tokenizer, tiny.eos_ids, [c], 12)[0] for c in (LONG, SHORT, LONG)]
    assert together == alone
    assert len(set(together)) == 2


def test_an_answer_ends_before_any_stop_token(starter: LoadedModel) -> None:
    (france,) = starter.tokenizer.encode(" France", add_special_tokens=False)
    (found,) = answer(starter.model, starter.tokenizer, starter.eos_ids | {france}, [CAPITAL], 60)
    assert found == "The capital of"


def test_the_model_is_left_in_the_mode_it_was_in(tiny: LoadedModel) -> None:
    tiny.model.train()
    state = torch.get_rng_state()
    answer(tiny.model, tiny.tokenizer, tiny.eos_ids, [SHORT], 2)
    assert tiny.model.training
    assert torch.equal(torch.get_rng_state(), state)


def test_a_conversation_that_fills_the_context_is_refused(tiny: LoadedModel) -> None:
    with pytest.raises(UserError, match="tokens"):
        answer(tiny.model, tiny.tokenizer, tiny.eos_ids, [LONG], 4, context=20)


def test_nothing_asked_is_nothing_answered(tiny: LoadedModel) -> None:
    assert answer(tiny.model, tiny.tokenizer, tiny.eos_ids, [], 4) == []
