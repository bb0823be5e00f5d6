"""The LoRA adapter on a base: made fresh, loaded from and saved to a folder that plain PEFT reads, taken off again."""

import json
import warnings
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, TaskType, get_peft_model, get_peft_model_state_dict
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes
from torch import nn
from transformers import PreTrainedModel

from backend import files
from backend.domain.head import AdapterSettings
from backend.engine.models import fused
from backend.errors import Damaged, WrongUse

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
ALL_LINEAR = "all-linear"


def attach(
    model: PreTrainedModel, settings: AdapterSettings, dropout: float, seed: int, device: torch.device
) -> PeftModel:
    """Put a fresh adapter on `model`, which changes nothing yet: A is random by `seed`, B is zero.

    Raises:
        WrongUse: the model has no layer of the names in `settings.targets`.
    """
    alpha: Any = settings.alpha  # PEFT divides by r; its annotation alone asks for an int
    config = LoraConfig(
        r=settings.r,
        lora_alpha=alpha,
        lora_dropout=dropout,
        target_modules=ALL_LINEAR if ALL_LINEAR in settings.targets else list(settings.targets),
        task_type=TaskType.CAUSAL_LM,
    )
    fused.register(config)
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            # PEFT 0.21 asks transformers 5.23 by the old name.
            warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`", category=FutureWarning)
            peft_model = get_peft_model(model, config)
    except ValueError as error:
        raise WrongUse(
            f"No adapter can be put on the layers {', '.join(settings.targets)}: {error}",
            f"Set adapter.targets to {ALL_LINEAR}, or to names of linear layers of this model.",
        ) from error
    _initialise(peft_model, seed)
    return peft_model.to(device)


def detach(model: PeftModel) -> None:
    """Take the adapter off; the base below is then as it was before `attach`."""
    model.unload()


def load_weights(model: PeftModel, folder: Path) -> None:
    """Overwrite the adapter's weights with those of a folder made by `save_adapter`.

    Raises:
        Damaged: the file is unreadable, or its names or shapes are not exactly those of this adapter.
    """
    path = folder / WEIGHTS
    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        raise Damaged(f"{path} cannot be read: {error}.", "Take the checkpoint before it.") from error
    own = _weights(model)
    for name in sorted(own.keys() ^ stored.keys()):
        what = "is missing from" if name in own else "is not part of this adapter but lies in"
        raise Damaged(f"{name} {what} {path}.", "Take the checkpoint before it.")
    for name, weight in own.items():
        if stored[name].shape != weight.shape:
            raise Damaged(
                f"{name} in {path} has the shape {tuple(stored[name].shape)}, not {tuple(weight.shape)}.",
                "Take a checkpoint of an adapter of the same rank.",
            )
    with torch.no_grad():
        for name, weight in own.items():
            weight.copy_(stored[name])


def save_adapter(model: PeftModel, folder: Path) -> None:
    """Write the adapter as PEFT does, but durably and with the same bytes for the same weights."""
    weights = {name: weight.detach().cpu().contiguous() for name, weight in _weights(model).items()}
    files.write(folder / WEIGHTS, to_bytes(weights, metadata={"format": "pt"}))
    config = model.peft_config["default"].to_dict() | {"inference_mode": True}
    files.write(folder / CONFIG, (json.dumps(config, indent=2, sort_keys=True, default=_plain) + "\n").encode())


def _weights(model: PeftModel) -> dict[str, torch.Tensor]:
    """The adapter's own tensors, not copies, by the names that PEFT gives them in a file."""
    weights: dict[str, torch.Tensor] = get_peft_model_state_dict(model, save_embedding_layers=False)
    return weights


def _initialise(model: PeftModel, seed: int) -> None:
    """PEFT's own distributions, from a generator of our own: the same on every device, precision and day."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in _weights(model).items():
            fresh = torch.zeros(weight.shape)
            if ".lora_A." in name:
                nn.init.kaiming_uniform_(fresh, a=5**0.5, generator=generator)
            weight.copy_(fresh)


def _plain(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
