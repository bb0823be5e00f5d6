"""An example's loss is the one that transformers itself gives for the row alone, and answers have their own tokens."""

import dataclasses
from typing import Any

import msgspec
import pytest
import torch

from backend.datasets import reader
from backend.domain.conversation import Conversation
from backend.domain.head import AdapterSettings, Base
from backend.domain.job import JobSettings
from backend.engine.device import choose
from backend.engine.evolution.attention import Attention
from backend.engine.evolution.found import Found
from backend.engine.evolution.item import Item, Maker, Origin
from backend.engine.evolution.losses import Losses
from backend.engine.models import adapter
from backend.engine.models.load import LoadedModel, load_base
from backend.engine.tokens.masks import Masker, RowTokens
from backend.engine.training.loss import SupervisedLoss
from backend.evolution.budget import Cost, Watch
from backend.settings import EngineSettings
from tests.drivers.segments import Told

ROWS: list[dict[str, Any]] = [
    {"messages": [{"role": "user", "content": f"What is {i}?"}, {"role": "assistant", "content": f"It is {i}. " * i}]}
    for i in range(1, 9)
] + [
    {
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "Two, three, four."},
            {"role": "user", "content": "Three?"},
            {"role": "assistant", "content": "Four."},
        ]
    },
    {"text": "Plain text that stands alone."},
]


@pytest.fixture
def loaded(tiny_base: Base) -> LoadedModel:
    device = choose(EngineSettings(device="cpu", threads=1))
    return load_base(tiny_base, dataclasses.replace(device, bfloat16=False))


def conversations(rows: list[dict[str, Any]]) -> list[Conversation]:
    read = list(reader.rows([b"".join(msgspec.json.encode(row) + b"\n" for row in rows)]))
    return [row for row in read if isinstance(row, Conversation)]


def items(loaded: LoadedModel, rows: list[dict[str, Any]]) -> list[Item]:
    settings = JobSettings(template_date="2026-01-01")
    masker = Masker(loaded.tokenizer, loaded.eos_ids, loaded.context, settings)
    maker = Maker(loaded.tokenizer, loaded.eos_ids, loaded.context)
    made = []
    for row in conversations(rows):
        (tokens,) = masker.tokenise([row])
        assert isinstance(tokens, RowTokens)
        made.append(maker.item(Origin(example_id=tokens.hash.hex()), row, tokens.sequences))
    return made


def scored(loaded: LoadedModel, panel: list[Item], token_budget: int, seconds: float = 60.0) -> dict[str, float]:
    model = adapter.attach(loaded.model, AdapterSettings(r=2), 0.3, 0, torch.device("cpu"))
    loss = SupervisedLoss(model, torch.device("cpu"))
    found = Found()
    with loss.evaluating():
        told = Told({}, {})
        attention = Attention(told.control, told, "", len(panel))
        Losses(loss, token_budget, Cost(0.001)).take(panel, Watch(seconds), found, attention)
    assert model.training
    adapter.detach(model)
    return found.losses


@pytest.mark.parametrize("token_budget", [1, 64, 100_000])
def test_losses_are_transformers_own(loaded: LoadedModel, token_budget: int) -> None:
    panel = items(loaded, ROWS)
    losses = scored(loaded, panel, token_budget)
    assert len(losses) == len(ROWS)
    for item in panel:
        assert item.example is not None
        ids = torch.tensor([item.example.ids.tolist()])
        learned = torch.tensor([item.example.mask.tolist()])
        with torch.no_grad():
            model: Any = loaded.model
            theirs = model(input_ids=ids, labels=torch.where(learned, ids, -100)).loss.item()
        assert losses[item.id] == pytest.approx(theirs, abs=1e-4)


def test_of_a_conversation_only_the_last_answer_is_scored(loaded: LoadedModel) -> None:
    (item,) = items(loaded, ROWS[8:9])
    assert item.example is not None
    learned = item.example.ids[item.example.mask].tolist()
    assert loaded.tokenizer.decode(learned) == "Four.<|im_end|>"
    assert item.facts.expected_output == item.taught == "Four."
    assert str(loaded.tokenizer.decode(list(item.prompt))).endswith("Three?<|im_end|>\n<|im_start|>assistant\n")
    assert item.limit == item.facts.expected_length + 8


def test_a_text_is_scored_whole_and_asks_for_no_answer(loaded: LoadedModel) -> None:
    (item,) = items(loaded, ROWS[9:])
    assert item.example is not None
    assert item.example.mask.sum() == len(item.example.ids) - 1
    assert item.limit == 0


def test_only_what_fits_the_time_is_scored_and_the_first_ones_matter_most(loaded: LoadedModel) -> None:
    panel = items(loaded, ROWS)
    assert panel[3].example is not None
    seconds = 0.001 * panel[3].example.length
    assert scored(loaded, [panel[3], *panel[4:]], 64, seconds * 1.01).keys() <= {panel[3].id}
    assert scored(loaded, panel, 64, 0.0) == {}


def test_a_tool_call_is_expected_as_the_template_prints_it(loaded: LoadedModel) -> None:
    loaded.tokenizer.chat_template = str(loaded.tokenizer.chat_template).replace(
        "message['content']",
        "message['content'] + (message['tool_calls'] | tojson if message.get('tool_calls') else '')",
    )
    call = {"type": "function", "function": {"name": "look", "arguments": {"at": "sky"}}}
    row = {
        "messages": [
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "content": "sun"},
            {"role": "assistant", "content": "", "tool_calls": [call]},
        ]
    }
    (item,) = items(loaded, [row])
    assert '"look"' in item.facts.expected_output
    assert "<|im_end|>" not in item.facts.expected_output
    assert "(calls look)" in item.facts.input


def test_where_padding_makes_a_batch_too_long_the_short_ones_are_scored(loaded: LoadedModel) -> None:
    panel = [item for item in items(loaded, ROWS[:8]) if item.example is not None]
    lengths = {item.id: item.example.length for item in panel if item.example is not None}
    found = scored(loaded, panel, 100_000, 0.001 * sum(lengths.values()) * 1.02)
    longest = max(lengths, key=lambda one: lengths[one])
    assert found
    assert longest not in found
