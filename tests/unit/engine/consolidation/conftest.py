"""Tiny bases with trained adapters for the tests of merging."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from backend.domain.head import Base
from backend.engine.models.library import import_model
from backend.paths import Home
from tests.drivers.segments import Job
from tests.makers import tiny_model

STIFF = 32.0
"""Projections so many times as large: what a short training adds to them is lost in bfloat16's rounding."""
LOUD = 30.0
"""The last norm so many times as large, so that what is lost shows in the loss."""


class Head(NamedTuple):
    """What a merge begins with."""

    job: Job
    adapter: Path


@pytest.fixture(scope="module")
def head(tiny_base: Base, tmp_path_factory: pytest.TempPathFactory, sample_rows: Callable[[int], Any]) -> Head:
    """An adapter that was trained so long that rounding does not hurt it."""
    home = Home(tmp_path_factory.mktemp("head") / "home")
    home.create()
    return trained(Job(home, tiny_base, sample_rows(40), rows_per_step=8, epochs=2))


@pytest.fixture(scope="module")
def stiff_head(tmp_path_factory: pytest.TempPathFactory, sample_rows: Callable[[int], Any]) -> Head:
    """An adapter of three small steps on a base with large weights."""
    place = tmp_path_factory.mktemp("stiff")
    made: Any = tiny_model.model(384, 2)
    with torch.no_grad():
        for name, weight in made.named_parameters():
            weight.mul_(STIFF if "_proj" in name else LOUD if name == "model.norm.weight" else 1.0)
    made.save_pretrained(place / "model")
    tiny_model.tokenizer().save_pretrained(place / "model")
    base = import_model(place / "model", place / "library", "stiff", "stiff", lambda text, done, total: None)
    home = Home(place / "home")
    home.create()
    return trained(Job(home, base, sample_rows(24), rows_per_step=8, epochs=1, learning_rate=1e-3))


def trained(job: Job) -> Head:
    told = job.train(job.command())
    return Head(job, Path(told.saved[-1].path))
