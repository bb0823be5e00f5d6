"""Which tensors of the base's files the adapter changes, and by what."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from backend.engine.models import adapter
from backend.errors import Damaged, Refused

PREFIX = "base_model.model."
A, B = ".lora_A.weight", ".lora_B.weight"
WEIGHT = ".weight"


class Pair(NamedTuple):
    """What PEFT trained beside one layer: its weight gains scaling · B · A (Hu et al. 2021, arXiv:2106.09685)."""

    a: torch.Tensor
    """(rank, in)"""
    b: torch.Tensor
    """(out, rank)"""

    @property
    def shape(self) -> tuple[int, int]:
        """(out, in)"""
        return self.b.shape[0], self.a.shape[1]

    def add_to(self, weight: torch.Tensor, scaling: float, *, transposed: bool) -> None:
        """Add what was trained to a float32 weight in one pass; (out, in), or (in, out) where it is transposed."""
        first, second = (self.a.t(), self.b.t()) if transposed else (self.b, self.a)
        weight.addmm_(first.float(), second.float(), alpha=scaling)


class Shape(msgspec.Struct, frozen=True):
    """What adapter_config.json says of how the adapter is added."""

    r: int
    lora_alpha: float
    fan_in_fan_out: bool = False
    use_rslora: bool = False
    use_dora: bool = False
    bias: str = "none"
    rank_pattern: dict[str, int] = {}
    alpha_pattern: dict[str, float] = {}

    @property
    def scaling(self) -> float:
        return self.lora_alpha / self.r


class Trained(NamedTuple):
    """An adapter as it lies in its folder."""

    pairs: dict[str, Pair]
    """By the module's name in the model."""
    scaling: float
    transposed: bool
    """The weights lie as (in, out), as those of GPT-2 do."""


def read_adapter(folder: Path) -> Trained:
    """The adapter in a folder that PEFT reads.

    Raises:
        Damaged: it cannot be read, or a half of a pair is missing.
        Refused: it is of a kind that is not trained here.
    """
    shape = _shape(folder)
    path = folder / adapter.WEIGHTS
    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        raise Damaged(f"{path} cannot be read: {error}.", "Take the checkpoint before it.") from error
    pairs: dict[str, Pair] = {}
    for name in sorted(stored):
        if not name.startswith(PREFIX) or not name.endswith((A, B)):
            raise Refused(f"{path} holds {name}, which cannot be merged.", "Only plain LoRA adapters can be merged.")
        module = name.removeprefix(PREFIX).removesuffix(A).removesuffix(B)
        first, second = stored.get(f"{PREFIX}{module}{A}"), stored.get(f"{PREFIX}{module}{B}")
        if first is None or second is None or first.shape[:1] != second.shape[1:]:
            raise Damaged(f"{path} holds no whole pair for {module}.", "Take the checkpoint before it.")
        pairs[module] = Pair(first, second)
    if not pairs:
        raise Damaged(f"{path} holds no adapter.", "Take the checkpoint before it.")
    return Trained(pairs, shape.scaling, shape.fan_in_fan_out)


def locate(trained: Trained, shapes: Mapping[str, tuple[int, ...]], prefix: str, tied: bool) -> dict[str, Pair]:
    """For each tensor of the files that changes, what it gains.

    Args:
        shapes: of every tensor in the files.
        prefix: under which the architecture keeps its body; files that were saved of the body alone lack it.
        tied: whether the output head is the embedding.

    Raises:
        Refused: a layer's weight is not in the files, or has another shape; the message names it.
    """
    found: dict[str, Pair] = {}
    for module, pair in trained.pairs.items():
        name = _name(module, shapes, prefix)
        if name is None:
            why = "it shares its weights with the embedding" if tied and "." not in module else "no file holds them"
            raise Refused(
                f"The adapter trains {module}, whose weights cannot be changed: {why}.",
                "The adapter stays as it is; keep training on it, or begin a head without this layer.",
            )
        wanted = pair.shape[::-1] if trained.transposed else pair.shape
        if shapes[name] != wanted:
            raise Refused(
                f"The adapter's part for {module} is for a weight of the shape {wanted}, and that of the base has "
                f"{shapes[name]}.",
                "This adapter was trained on another base.",
            )
        if name in found:
            raise Refused(
                f"The adapter trains {module} apart from another layer with the same weights, {name}.",
                "The adapter stays as it is; keep training on it.",
            )
        found[name] = pair
    return found


def _name(module: str, shapes: Collection[str], prefix: str) -> str | None:
    bare = module.removeprefix(f"{prefix}.") if prefix else module
    names = (f"{module}{WEIGHT}", f"{bare}{WEIGHT}", f"{prefix}.{module}{WEIGHT}")
    return next((name for name in names if name in shapes), None)


def _shape(folder: Path) -> Shape:
    path = folder / adapter.CONFIG
    try:
        shape = msgspec.json.decode(path.read_bytes(), type=Shape)
    except (OSError, msgspec.MsgspecError) as error:
        raise Damaged(f"{path} cannot be read: {error}.", "Take the checkpoint before it.") from error
    special = shape.use_rslora or shape.use_dora or shape.bias != "none" or shape.rank_pattern or shape.alpha_pattern
    if special:
        raise Refused(f"{path} describes an adapter that is no plain LoRA.", "Only plain LoRA adapters can be merged.")
    return shape
