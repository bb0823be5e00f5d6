"""Load a base model of the library from its local folder, checked, frozen and ready for an adapter."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from backend import files
from backend.domain.head import Base
from backend.engine.device import Device
from backend.engine.models.card import METADATA, Card
from backend.engine.models.precision import freeze
from backend.errors import Damaged

UNKNOWN_CONTEXT = 2048
"""Taken where neither the model nor its tokenizer names a longest sequence."""


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
    check(base)
    return load_folder(Path(base.path), device)


def check(base: Base) -> None:
    """Compare the hash of SHA256SUMS and every file's size; reading all bytes back is `files.verify`.

    Raises:
        Damaged: something differs; the message names it.
    """
    folder = Path(base.path)
    remedy = f"Remove the model {base.slug} and add it again."
    try:
        sums = (folder / files.SUMS).read_bytes()
        card_bytes = (folder / METADATA).read_bytes()
    except OSError as error:
        raise Damaged(f"The model in {folder} cannot be read ({error.strerror}).", remedy) from error
    if hashlib.sha256(sums).hexdigest() != base.sha256:
        raise Damaged(f"{folder / files.SUMS} is not the file that was recorded.", remedy)
    if f"{hashlib.sha256(card_bytes).hexdigest()}  {METADATA}\n".encode() not in sums:
        raise Damaged(f"{folder / METADATA} does not match its recorded hash.", remedy)
    for name, size in msgspec.json.decode(card_bytes, type=Card).files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            raise Damaged(f"{path} is missing or does not have its recorded size of {size:,} bytes.", remedy)


def load_folder(folder: Path, device: Device) -> LoadedModel:
    """Load a Hugging Face folder that was checked before: local files, safetensors, no code of the folder's own.

    Raises:
        Damaged: a weight that the architecture needs is not in the files.
    """
    quiet()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype="auto",
        use_safetensors=True,
        attn_implementation="sdpa",
        local_files_only=True,
        trust_remote_code=False,
        output_loading_info=True,
    )
    model, loading = loaded
    # transformers fills gaps with random numbers and only logs it.
    for name in sorted([*loading["missing_keys"], *loading["mismatched_keys"]], key=str):
        raise Damaged(f"The weights in {folder} lack {name}.", "Take an intact copy of the model.")
    parameters = sum(weight.numel() for weight in model.parameters())
    freeze(model, device.bfloat16)
    model.to(device.torch)
    model.eval()
    model.config.use_cache = False
    return LoadedModel(model, tokenizer, eos_ids(model, tokenizer), context(model, tokenizer), parameters, device)


def quiet() -> None:
    """No progress bars of transformers on the engine's streams."""
    bars: Any = transformers.utils.logging
    bars.disable_progress_bar()


def eos_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Tokens that end an answer: those of the generation config, else of the model's config; and the tokenizer's."""
    named = model.generation_config.eos_token_id if model.generation_config is not None else None
    if named is None:
        named = getattr(model.config.get_text_config(), "eos_token_id", None)
    ids = set(named) if isinstance(named, list | tuple) else {named}
    ids.add(tokenizer.eos_token_id)
    return frozenset(int(i) for i in ids if i is not None)


def context(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> int:
    """Longest sequence in tokens."""
    longest = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    if isinstance(longest, int) and longest > 0:
        return longest
    # Tokenizers that know no limit say 10^30.
    return int(tokenizer.model_max_length) if tokenizer.model_max_length < 2**31 else UNKNOWN_CONTEXT
