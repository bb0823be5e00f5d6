"""Merged files are PEFT's own merge in float32, in the base's layout, all other tensors byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

from backend.domain.head import AdapterSettings
from backend.engine.consolidation.course import Course
from backend.engine.consolidation.merge import Merger, weight_files
from backend.engine.consolidation.targets import read_adapter
from backend.engine.models import adapter
from tests.drivers.segments import Told
from tests.unit.engine.consolidation.conftest import Head

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # PEFT's


def course() -> Course:
    told = Told({}, {})
    return Course(told.control, told)


def written(base: Path, trained: Path, target: Path, *, float32: bool, prefix: str = "model") -> dict[str, str]:
    """The merged folder at `target`; hashes by name."""
    target.mkdir()
    hashes: dict[str, str] = {}
    merger = Merger(base, read_adapter(trained), prefix, tied=True)
    merger.write(target, float32, hashes, course())
    for name in merger.others:
        (target / name).write_bytes((base / name).read_bytes())
    sizes = sum((target / name).stat().st_size for name in merger.names)
    assert merger.size(float32) < sizes < merger.size(float32) + 100_000  # headers
    return hashes


def peft_merge(base: Path, trained: Path) -> dict[str, torch.Tensor]:
    """As PEFT merges in float32."""
    model: Any = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    merged: Any = PeftModel.from_pretrained(model, str(trained))
    state: dict[str, torch.Tensor] = merged.merge_and_unload().state_dict()
    return state


def sharded(base: Path, folder: Path) -> Path:
    """The same model in several files."""
    model: Any = AutoModelForCausalLM.from_pretrained(base, dtype="auto")
    model.save_pretrained(folder, max_shard_size="30KB")
    return folder


def test_float32_is_pefts_own_merge(head: Head, tmp_path: Path) -> None:
    base = Path(head.job.base.path)
    written(base, head.adapter, tmp_path / "merged", float32=True)
    found, expected = load_file(tmp_path / "merged/model.safetensors"), peft_merge(base, head.adapter)
    assert found.keys() <= expected.keys()
    for name, weight in found.items():
        assert weight.dtype is torch.float32
        torch.testing.assert_close(weight, expected[name], rtol=0, atol=1e-7)
    assert json.loads((tmp_path / "merged/config.json").read_bytes())["dtype"] == "float32"


def test_plain_transformers_gives_the_logits_of_pefts_merge(head: Head, tmp_path: Path) -> None:
    base = Path(head.job.base.path)
    written(base, head.adapter, tmp_path / "merged", float32=True)
    plain: Any = AutoModelForCausalLM.from_pretrained(tmp_path / "merged", dtype="auto")
    unmerged: Any = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    theirs: Any = PeftModel.from_pretrained(unmerged, str(head.adapter)).merge_and_unload()
    ids = torch.arange(3, 60)[None]
    with torch.no_grad():
        torch.testing.assert_close(plain(ids).logits, theirs(ids).logits, rtol=0, atol=1e-5)


@pytest.mark.parametrize("float32", [False, True])
def test_shards_keep_their_tensors_and_the_index_its_truth(head: Head, tmp_path: Path, float32: bool) -> None:
    base = sharded(Path(head.job.base.path), tmp_path / "base")
    hashes = written(base, head.adapter, tmp_path / "merged", float32=float32)
    names = weight_files(base)
    assert len(names) > 2
    assert {*names, "config.json", "model.safetensors.index.json"} == set(hashes)
    before, after = ({n: load_file(folder / n) for n in names} for folder in (base, tmp_path / "merged"))
    assert {n: list(t) for n, t in before.items()} == {n: list(t) for n, t in after.items()}
    trained = {f"{module}.weight" for module in read_adapter(head.adapter).pairs}
    for shard in names:
        for name, weight in before[shard].items():
            changed = not torch.equal(weight, after[shard][name].to(weight.dtype))
            assert changed is (name in trained)
            assert after[shard][name].dtype is (torch.float32 if float32 else weight.dtype)
    index = json.loads((tmp_path / "merged/model.safetensors.index.json").read_bytes())
    total = sum(weight.nbytes for shard in after.values() for weight in shard.values())
    assert index["metadata"]["total_size"] == total
    same = (base / "config.json").read_bytes() == (tmp_path / "merged/config.json").read_bytes()
    assert same is not float32


def test_weights_that_lie_the_other_way_round(tmp_path: Path) -> None:
    """GPT-2 keeps (in, out), and its files are of the body alone."""
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=60, n_positions=32, n_embd=16, n_layer=1, n_head=2))
    body: Any = model.transformer
    body.save_pretrained(tmp_path / "base")
    config = json.loads((tmp_path / "base/config.json").read_bytes()) | {"architectures": ["GPT2LMHeadModel"]}
    (tmp_path / "base/config.json").write_text(json.dumps(config))
    with pytest.warns(UserWarning, match="fan_in_fan_out"):
        peft_model = adapter.attach(model, AdapterSettings(r=2, targets=("c_attn",)), 0.0, 0, torch.device("cpu"))
    with torch.no_grad():
        for name, weight in peft_model.named_parameters():
            if "lora_B" in name:
                weight.normal_()
    (tmp_path / "adapter").mkdir()
    adapter.save_adapter(peft_model, tmp_path / "adapter")
    adapter.detach(peft_model)
    written(tmp_path / "base", tmp_path / "adapter", tmp_path / "merged", float32=False, prefix="transformer")
    found, expected = (
        load_file(tmp_path / "merged/model.safetensors"),
        peft_merge(tmp_path / "base", tmp_path / "adapter"),
    )
    torch.testing.assert_close(found["h.0.attn.c_attn.weight"], expected["transformer.h.0.attn.c_attn.weight"])
