"""Load a base model of the library from its local folder, checked, frozen and ready for an adapter."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from backend.domain.head import Base
from backend.engine.device import Device
from backend.engine.models import language
from backend.engine.models.precision import freeze
from backend.errors import Damaged


@dataclass(frozen=True)
class LoadedModel:
    """A frozen model in evaluation mode with its tokenizer; `context` is the longest sequence in tokens."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    eos_ids: frozenset[int]
    context: int
    parameters: int
    """Distinct weights: a head tied to the embedding counts once."""
    device: Device


def load_base(base: Base, device: Device) -> LoadedModel:
    """Load `base` after checking that its folder is still the one that was recorded.

    Raises:
        Damaged: a file is missing or has another size, or the recorded hashes were altered.
    """
    stored = language.check(base)
    return load_folder(Path(base.path), device, float32=stored.needs_float32)


def load_folder(folder: Path, device: Device, *, float32: bool = False) -> LoadedModel:
    """Load a Hugging Face folder that was checked before, frozen as it trains.

    Args:
        float32: no projection in bfloat16, also where that is fast.

    Raises:
        Damaged: a weight that the architecture needs is not in the files.
    """
    found = load_saved(folder, device)
    freeze(found.model, device.bfloat16 and not float32)
    found.model.config.use_cache = False
    return found


def load_saved(folder: Path, device: Device) -> LoadedModel:
    """Load a Hugging Face folder as anyone does: plain transformers, in the precision of its files.

    Local files, safetensors, no code of the folder's own.

    Raises:
        Damaged: a weight that the architecture needs is not in the files.
    """
    quiet()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype="auto",
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
        output_loading_info=True,
    )
    model, loading = loaded
    # transformers fills gaps with random numbers and only logs it.
    for name in sorted([*loading["missing_keys"], *loading["mismatched_keys"]], key=str):
        raise Damaged(f"The weights in {folder} lack {name}.", "Take an intact copy of the model.")
    parameters = sum(weight.numel() for weight in model.parameters())
    model.to(device.torch)
    model.eval()
    return LoadedModel(model, tokenizer, eos_ids(model, tokenizer), context(model, tokenizer), parameters, device)


def quiet() -> None:
    """No progress bars of transformers on the engine's streams."""
    bars: Any = transformers.utils.logging
    bars.disable_progress_bar()


def eos_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Tokens that end an answer."""
    return language.stop_ids(model.generation_config, model.config, tokenizer)


def context(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> int:
    """Longest sequence in tokens."""
    return language.longest(model.config, tokenizer)
