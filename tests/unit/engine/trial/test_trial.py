"""What a copy of a model must do before it counts: load by libraries alone, give finite numbers, answer."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from backend.domain.head import Base
from backend.engine.trial import trial
from backend.errors import UserError
from backend.paths import Home
from backend.protocol.trial import TrialOrder
from tests.drivers.segments import Job

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # PEFT's


@pytest.fixture(scope="module")
def adapter(tiny_base: Base, tmp_path_factory: pytest.TempPathFactory, sample_rows: Callable[[int], Any]) -> Path:
    home = Home(tmp_path_factory.mktemp("trial") / "home")
    home.create()
    job = Job(home, tiny_base, sample_rows(24), rows_per_step=8, epochs=8)
    return Path(job.train(job.command()).saved[-1].path)


def copied(source: str | Path, tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    shutil.copytree(source, folder)
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


def test_base_and_adapter_answer_and_differ(tiny_base: Base, adapter: Path) -> None:
    question = "What is 2 plus 2?"
    alone = trial.attempt(TrialOrder(base=tiny_base.path, question=question))
    both = trial.attempt(TrialOrder(base=tiny_base.path, adapter=str(adapter), question=question))
    assert alone.answer != both.answer
    assert both.answer
    assert both.seconds > 0


def test_numbers_that_are_not_finite_are_refused(tiny_base: Base, tmp_path: Path) -> None:
    folder = copied(tiny_base.path, tmp_path)
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"] = torch.full_like(weights["model.norm.weight"], torch.nan)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match="not finite"):
        trial.attempt(TrialOrder(base=str(folder)))


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_that_is_no_whole_model_is_refused(tiny_base: Base, tmp_path: Path, name: str) -> None:
    folder = copied(tiny_base.path, tmp_path)
    (folder / name).write_bytes((folder / name).read_bytes()[:20])
    with pytest.raises(UserError, match=r"Loading the model in .*copy failed: "):
        trial.attempt(TrialOrder(base=str(folder)))


def test_an_adapter_of_another_model_is_refused(tiny_base: Base, adapter: Path, tmp_path: Path) -> None:
    folder = copied(adapter, tmp_path)
    weights = load_file(folder / "adapter_model.safetensors")
    save_file(
        {name: weight[:, :1].contiguous() for name, weight in weights.items()}, folder / "adapter_model.safetensors"
    )
    with pytest.raises(UserError, match="Loading the adapter"):
        trial.attempt(TrialOrder(base=tiny_base.path, adapter=str(folder)))


def test_a_model_that_memory_cannot_hold_is_not_begun(tiny_base: Base) -> None:
    size = sum(path.stat().st_size for path in Path(tiny_base.path).glob("*.safetensors"))
    trial.require_memory(Path(tiny_base.path), 2 * size)
    with pytest.raises(UserError, match=r"[\d,]+ bytes are needed and [\d,]+ are free"):
        trial.require_memory(Path(tiny_base.path), size)
