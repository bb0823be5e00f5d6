"""A GGUF file turned into an ordinary model folder in bfloat16, for every architecture that transformers reads so."""

import struct
from pathlib import Path
from typing import Any

import torch
from gguf import GGUFReader
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

from backend.engine.models.folder import no_template
from backend.engine.models.load import quiet
from backend.errors import UserError

MAGIC = b"GGUF"
FOREIGN_FAILURES = (ValueError, LookupError, TypeError, OSError, ArithmeticError, RuntimeError, struct.error)
"""What the readers raise on a file that is not what it says."""


def is_gguf(path: Path) -> bool:
    """By its first four bytes, whatever its name."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) == MAGIC


def size_in_bfloat16(path: Path) -> int:
    """Bytes of the converted weights, after every tensor was found to lie inside the file.

    Raises:
        UserError: the file is cut short or altered.
    """
    size = path.stat().st_size
    try:
        tensors = GGUFReader(path).tensors
        inside = all(t.data_offset >= 0 and t.data_offset + int(t.n_bytes) <= size for t in tensors)
    except FOREIGN_FAILURES as error:
        raise _unreadable(path, error) from error
    if not inside or not tensors:
        raise UserError(f"{path} is cut short.", "Fetch the file again.")
    return sum(int(t.n_elements) for t in tensors) * 2


def convert(path: Path, folder: Path) -> None:
    """Write the model and its tokenizer into the existing folder, as Hugging Face libraries save them.

    Raises:
        UserError: the file cannot be read, or holds no chat template.
    """
    quiet()
    unpacked: Any = GgufConfig
    unpacked = unpacked(gguf_file=path.name, dequantize=True)
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(
            path.parent, gguf_file=path.name, local_files_only=True, trust_remote_code=False
        )
        model: Any = AutoModelForCausalLM.from_pretrained(
            path.parent,
            gguf_file=path.name,
            quantization_config=unpacked,
            dtype=torch.bfloat16,
            local_files_only=True,
            trust_remote_code=False,
        )
    except FOREIGN_FAILURES as error:
        raise _unreadable(path, error) from error
    if not tokenizer.chat_template:
        raise no_template(path)
    # What was de-quantised refuses to be saved; the same weights in a model that never was quantised do not.
    weights = model.state_dict()
    config = model.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    with torch.device("meta"):
        plain: Any = type(model)(config)
    plain.load_state_dict(weights, assign=True)
    plain.tie_weights()
    plain.generation_config = model.generation_config
    plain.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _unreadable(path: Path, error: Exception) -> UserError:
    reason = str(error).strip().rstrip(".").splitlines()
    return UserError(
        f"{path} cannot be read as a GGUF model: {reason[0] if reason else type(error).__name__}.",
        "Fetch the file again, or take the same model as a Hugging Face folder.",
    )
