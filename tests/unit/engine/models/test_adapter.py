"""Adapters begin without effect, come back exactly, and open with plain PEFT."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from backend.domain.head import AdapterSettings, Base
from backend.engine.device import Device
from backend.engine.models import adapter
from backend.engine.models.load import LoadedModel, load_base
from backend.errors import Damaged, WrongUse

IDS = torch.tensor([[5, 60, 70, 80, 90, 100]])
SETTINGS = AdapterSettings(r=4, alpha=8.0)


def attached(loaded: LoadedModel, seed: int = 0, dropout: float = 0.0) -> PeftModel:
    return adapter.attach(loaded.model, SETTINGS, dropout, seed, loaded.device.torch)


def logits(model: Any) -> torch.Tensor:
    model.eval()
    with torch.no_grad():
        found: torch.Tensor = model(input_ids=IDS).logits
    return found


def trained(model: PeftModel) -> PeftModel:
    """Stands for training: every adapter weight gets another value."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn(parameter.shape, generator=generator), alpha=0.1)
    return model


def test_a_fresh_adapter_changes_nothing_and_is_on_every_projection(tiny: LoadedModel) -> None:
    before = logits(tiny.model)
    model = attached(tiny)
    assert torch.equal(logits(model), before)
    layers = {name.partition(".lora_")[0] for name, p in model.named_parameters() if p.requires_grad}
    kinds = {layer.rpartition(".")[2] for layer in layers}
    assert kinds == {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}
    assert len(layers) == 2 * len(kinds)
    assert {p.dtype for p in model.parameters() if p.requires_grad} == {torch.float32}


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # PEFT's own, and not ours to mend
def test_plain_peft_loads_what_was_saved(tiny: LoadedModel, tmp_path: Path) -> None:
    model = trained(attached(tiny))
    adapter.save_adapter(model, tmp_path)
    name = json.loads((tmp_path / adapter.CONFIG).read_bytes())["base_model_name_or_path"]
    plain = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32), tmp_path)
    torch.testing.assert_close(logits(plain), logits(model), rtol=1e-5, atol=1e-5)
    with model.disable_adapter():
        assert not torch.allclose(logits(plain), logits(model), atol=1e-3)


def test_weights_come_back_to_the_bit(tiny_base: Base, exact: Device, tmp_path: Path) -> None:
    model = trained(attached(load_base(tiny_base, exact)))
    adapter.save_adapter(model, tmp_path)
    again = attached(load_base(tiny_base, exact), seed=9)
    assert not torch.equal(logits(again), logits(model))
    adapter.load_weights(again, tmp_path)
    assert torch.equal(logits(again), logits(model))


def test_the_same_seed_gives_the_same_bytes_on_any_precision(
    tiny_base: Base, exact: Device, mixed: Device, tmp_path: Path
) -> None:
    contents = []
    for number, (device, seed) in enumerate([(exact, 3), (mixed, 3), (exact, 4)]):
        torch.manual_seed(number)  # the adapter's own generator decides, not torch's
        folder = tmp_path / str(number)
        folder.mkdir()
        adapter.save_adapter(attached(load_base(tiny_base, device), seed), folder)
        contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert contents[0] == contents[1]
    assert contents[0][adapter.WEIGHTS] != contents[2][adapter.WEIGHTS]


def test_making_an_adapter_leaves_the_random_generator_alone(tiny: LoadedModel) -> None:
    before = torch.get_rng_state()
    attached(tiny)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_base_is_itself_again_and_takes_the_next_adapter(tiny: LoadedModel) -> None:
    before = logits(tiny.model)
    names = [name for name, _ in tiny.model.named_modules()]
    adapter.detach(trained(attached(tiny)))
    assert [name for name, _ in tiny.model.named_modules()] == names
    assert torch.equal(logits(tiny.model), before)
    second = attached(tiny, dropout=0.5)
    assert torch.equal(logits(second), before)
    assert {m.p for m in second.modules() if isinstance(m, torch.nn.Dropout)} == {0.5}


def test_chosen_targets_alone_get_an_adapter(tiny: LoadedModel) -> None:
    model = adapter.attach(tiny.model, AdapterSettings(r=2, targets=("q_proj",)), 0.0, 0, tiny.device.torch)
    names = [name for name, p in model.named_parameters() if p.requires_grad]
    assert len(names) == 4
    assert all(".q_proj." in name for name in names)


def test_unknown_targets_are_refused(tiny: LoadedModel) -> None:
    with pytest.raises(WrongUse, match="no_such_layer"):
        adapter.attach(tiny.model, AdapterSettings(targets=("no_such_layer",)), 0.0, 0, tiny.device.torch)


def _drop(weights: dict[str, torch.Tensor]) -> None:
    del weights[min(weights)]


def _add(weights: dict[str, torch.Tensor]) -> None:
    weights["base_model.model.extra.lora_A.weight"] = torch.zeros(1)


def _reshape(weights: dict[str, torch.Tensor]) -> None:
    weights[min(weights)] = torch.zeros(1, 1)


@pytest.mark.parametrize(
    ("change", "words"), [(_drop, "missing from"), (_add, "not part of"), (_reshape, "has the shape")]
)
def test_weights_that_do_not_fit_are_damaged(tiny: LoadedModel, tmp_path: Path, change: Any, words: str) -> None:
    model = attached(tiny)
    adapter.save_adapter(model, tmp_path)
    weights = load_file(tmp_path / adapter.WEIGHTS)
    change(weights)
    save_file(weights, tmp_path / adapter.WEIGHTS)
    with pytest.raises(Damaged, match=words):
        adapter.load_weights(model, tmp_path)


def test_an_unreadable_or_missing_file_is_damaged(tiny: LoadedModel, tmp_path: Path) -> None:
    model = attached(tiny)
    with pytest.raises(Damaged, match="cannot be read"):
        adapter.load_weights(model, tmp_path)
    adapter.save_adapter(model, tmp_path)
    path = tmp_path / adapter.WEIGHTS
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Damaged, match="cannot be read"):
        adapter.load_weights(model, tmp_path)
    shutil.rmtree(tmp_path)
