"""Loading: what a model says of itself, and that an altered folder is noticed."""

import shutil
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BloomConfig, BloomForCausalLM

from backend.domain.head import Base
from backend.engine.device import Device
from backend.engine.models.load import LoadedModel, context, eos_ids, load_base, load_folder
from backend.errors import Damaged


def test_context_stop_tokens_and_size_are_found(tiny: LoadedModel) -> None:
    assert tiny.context == 512
    assert tiny.eos_ids == {tiny.tokenizer.convert_tokens_to_ids("<|im_end|>")}
    assert tiny.parameters == 30_880
    assert not tiny.model.training
    assert tiny.model.config.use_cache is False
    assert tiny.model.config._attn_implementation == "sdpa"


def test_every_stop_token_of_the_generation_config_counts_and_the_tokenizers_too(tiny: LoadedModel) -> None:
    assert tiny.model.generation_config is not None
    tiny.model.generation_config.eos_token_id = [7, 9]
    assert eos_ids(tiny.model, tiny.tokenizer) == {7, 9, 2}


def test_without_a_generation_config_the_models_config_tells_the_stop_token(tiny: LoadedModel) -> None:
    assert tiny.model.generation_config is not None
    tiny.model.generation_config.eos_token_id = None
    tiny.model.config.eos_token_id = 11
    assert eos_ids(tiny.model, tiny.tokenizer) == {11, 2}


@pytest.mark.parametrize(("limit", "expected"), [(300, 300), (int(1e30), 2048)])
def test_a_model_without_a_limit_takes_the_tokenizers(tiny: LoadedModel, limit: int, expected: int) -> None:
    endless = BloomForCausalLM(BloomConfig(vocab_size=16, hidden_size=8, n_layer=1, n_head=1))
    tiny.tokenizer.model_max_length = limit
    assert context(endless, tiny.tokenizer) == expected


@pytest.fixture
def own_base(tiny_base: Base, tmp_path: Path) -> Base:
    """A copy of the tiny base that a test may spoil."""
    shutil.copytree(tiny_base.path, tmp_path / "base", copy_function=shutil.copyfile)
    return msgspec.structs.replace(tiny_base, path=str(tmp_path / "base"))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_file_of_another_size_is_damaged(own_base: Base, exact: Device, name: str) -> None:
    path = Path(own_base.path) / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged, match=name):
        load_base(own_base, exact)


@pytest.mark.parametrize("name", ["model.safetensors", "metadata.json", "SHA256SUMS"])
def test_a_missing_file_is_damaged(own_base: Base, exact: Device, name: str) -> None:
    (Path(own_base.path) / name).unlink()
    with pytest.raises(Damaged):
        load_base(own_base, exact)


@pytest.mark.parametrize("name", ["metadata.json", "SHA256SUMS"])
def test_an_altered_record_is_damaged(own_base: Base, exact: Device, name: str) -> None:
    path = Path(own_base.path) / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Damaged, match=name):
        load_base(own_base, exact)


def test_a_weight_that_is_not_there_is_not_made_up(tiny_model: Path, exact: Device, tmp_path: Path) -> None:
    folder = tmp_path / "gap"
    shutil.copytree(tiny_model, folder)
    weights = load_file(folder / "model.safetensors")
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(Damaged, match=r"model\.layers\.1\.mlp\.up_proj\.weight"):
        load_folder(folder, exact)


def test_positions_are_computed_in_float32_whatever_the_files_hold(tiny: LoadedModel) -> None:
    buffers = dict(tiny.model.named_buffers())
    frequencies = buffers["model.rotary_emb.inv_freq"]
    expected = 1.0 / (10000.0 ** (torch.arange(0, 8, 2, dtype=torch.float32) / 8))
    assert torch.equal(frequencies, expected)
