"""Each layer that was trained finds its weight in the files, or the merge is refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from backend.engine.consolidation.targets import Pair, Trained, locate, read_adapter
from backend.errors import Damaged, Refused, UserError

LAYER = "model.layers.0.mlp.up_proj"
PAIR = Pair(torch.ones(2, 3), torch.ones(5, 2))


def adapter_folder(folder: Path, weights: dict[str, torch.Tensor], **config: Any) -> Path:
    save_file(weights, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"r": 2, "lora_alpha": 8, **config}))
    return folder


def whole(module: str = LAYER) -> dict[str, torch.Tensor]:
    name = f"base_model.model.{module}"
    return {f"{name}.lora_A.weight": PAIR.a, f"{name}.lora_B.weight": PAIR.b}


def test_the_gain_is_scaled_by_alpha_over_rank(tmp_path: Path) -> None:
    trained = read_adapter(adapter_folder(tmp_path, whole()))
    assert (trained.scaling, trained.transposed, list(trained.pairs)) == (4.0, False, [LAYER])
    for transposed, shape in ((False, (5, 3)), (True, (3, 5))):
        weight = torch.ones(shape)
        trained.pairs[LAYER].add_to(weight, trained.scaling, transposed=transposed)
        assert torch.equal(weight, torch.full(shape, 9.0))


@pytest.mark.parametrize("name", [f"{LAYER}.weight", "layers.0.mlp.up_proj.weight"])
def test_files_of_the_body_alone_lack_its_prefix(name: str) -> None:
    assert locate(Trained({LAYER: PAIR}, 1.0, False), {name: (5, 3)}, "model", tied=True) == {name: PAIR}


def test_files_of_the_whole_may_have_a_prefix_that_the_body_lacks() -> None:
    found = locate(Trained({"h.0.fc": PAIR}, 1.0, True), {"transformer.h.0.fc.weight": (3, 5)}, "transformer", False)
    assert list(found) == ["transformer.h.0.fc.weight"]


@pytest.mark.parametrize(
    ("module", "shapes", "words"),
    [
        (LAYER, {"model.embed.weight": (5, 3)}, "up_proj"),
        ("lm_head", {f"{LAYER}.weight": (5, 3)}, "lm_head.*shares its weights with the embedding"),
        (LAYER, {f"{LAYER}.weight": (3, 5)}, "up_proj.*another base|up_proj.*shape"),
    ],
)
def test_a_layer_that_cannot_be_changed_is_named(module: str, shapes: dict[str, tuple[int, ...]], words: str) -> None:
    with pytest.raises(Refused, match=words):
        locate(Trained({module: PAIR}, 1.0, False), shapes, "model", tied=True)


@pytest.mark.parametrize(
    ("weights", "config", "error"),
    [
        ({f"base_model.model.{LAYER}.lora_A.weight": PAIR.a}, {}, Damaged),
        ({"base_model.model.embed.lora_embedding_A": PAIR.a}, {}, Refused),
        (whole(), {"use_dora": True}, Refused),
        (whole(), {"bias": "all"}, Refused),
        (whole(), {"rank_pattern": {"up_proj": 4}}, Refused),
    ],
)
def test_what_is_no_plain_adapter_is_refused(
    tmp_path: Path, weights: dict[str, torch.Tensor], config: dict[str, Any], error: type[UserError]
) -> None:
    with pytest.raises(error):
        read_adapter(adapter_folder(tmp_path, weights, **config))
