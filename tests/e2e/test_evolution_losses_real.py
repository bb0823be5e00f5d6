"""With the starter model: stored losses are transformers' own, and a stop is heard in the midst of answers."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import pytest
import torch

from backend.domain.conversation import Conversation, Kind, Role, Turn
from backend.domain.head import AdapterSettings, Base
from backend.domain.job import JobSettings
from backend.engine.device import choose
from backend.engine.evolution.answers import Answers
from backend.engine.evolution.attention import Attention, BrokenOff
from backend.engine.evolution.found import Found
from backend.engine.evolution.item import Item, Maker, Origin
from backend.engine.evolution.losses import Losses
from backend.engine.models import adapter
from backend.engine.models.load import LoadedModel, load_base
from backend.engine.tokens.masks import Masker, RowTokens
from backend.engine.training.loss import SupervisedLoss
from backend.evolution.budget import Cost, Watch
from backend.protocol.engine import Stop
from backend.settings import EngineSettings
from tests.drivers.segments import Told

ANSWERED_WITHIN = 2.0
"""Seconds; about one on an idle machine of two cores."""
Panel = tuple[LoadedModel, list[Item]]


@pytest.fixture(scope="module")
def panel(starter_base: Base, sample_rows: Callable[[int], Any]) -> Panel:
    """The starter in float32, and 16 examples."""
    loaded = load_base(starter_base, dataclasses.replace(choose(EngineSettings(device="cpu")), bfloat16=False))
    masker = Masker(loaded.tokenizer, loaded.eos_ids, loaded.context, JobSettings(template_date="2026-01-01"))
    maker = Maker(loaded.tokenizer, loaded.eos_ids, loaded.context)
    made = []
    for line, row in enumerate(sample_rows(16), start=1):
        turns = tuple(Turn(role=Role(turn["role"]), content=turn["content"]) for turn in row["messages"])
        conversation = Conversation(line=line, kind=Kind.CHAT, shape="messages", turns=turns)
        (tokens,) = masker.tokenise([conversation])
        assert isinstance(tokens, RowTokens)
        made.append(maker.item(Origin(example_id=tokens.hash.hex()), conversation, tokens.sequences))
    return loaded, made


def test_losses_are_transformers_own(panel: Panel) -> None:
    loaded, items = panel
    model = adapter.attach(loaded.model, AdapterSettings(r=2), 0.0, 0, torch.device("cpu"))
    loss, found, told = SupervisedLoss(model, torch.device("cpu")), Found(), Told({}, {})
    try:
        with loss.evaluating():
            attention = Attention(told.control, told, "", 16)
            Losses(loss, 512, Cost(0.001)).take(items, Watch(60.0), found, attention)
            for item in items[::4]:
                assert item.example is not None
                ids = torch.tensor([item.example.ids.tolist()])
                learned = torch.tensor([item.example.mask.tolist()])
                own: Any = model
                theirs = own(input_ids=ids, labels=torch.where(learned, ids, -100)).loss.item()
                assert found.losses[item.id] == pytest.approx(theirs, abs=1e-4)
    finally:
        adapter.detach(model)


def test_a_stop_is_heard_in_the_midst_of_answers(panel: Panel) -> None:
    loaded, items = panel
    told, found = Told({}, {}), Found()
    long = [dataclasses.replace(item, limit=400) for item in items]
    began = time.perf_counter()
    asked_at = 0.0

    class Asking(Attention):
        def heed(self) -> None:
            nonlocal asked_at
            if not asked_at and time.perf_counter() - began > 1.0:
                asked_at = time.perf_counter()
                told.control.put(Stop())
                return
            super().heed()

    answers = Answers(loaded.model, loaded.tokenizer, frozenset({0}), Cost(0.001))
    with pytest.raises(BrokenOff):
        answers.take(long, Watch(600.0), found, Asking(told.control, told, "", 16))
    assert asked_at
    assert time.perf_counter() - asked_at < ANSWERED_WITHIN
    assert found.answers == {}
