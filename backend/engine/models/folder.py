"""What may come in: a Hugging Face model folder is looked at file by file before any library opens it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from backend.errors import UserError

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
TEMPLATES = ("chat_template.jinja", "chat_template.json")
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "tekken.json")
OTHERS = (
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
    "LICENSE",
    "LICENSE.txt",
    "LICENSE.md",
)
ALLOWED = (CONFIG, *TEMPLATES, *TOKENIZERS, *OTHERS)
"""Everything that is taken over besides the weights."""
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
SHARD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.safetensors")
LARGEST_JSON = 64 << 20


@dataclass(frozen=True)
class ModelFolder:
    """A folder that passed the checks; `files` are the names to take over, with their sizes in bytes."""

    path: Path
    files: dict[str, int]


def examine(folder: Path) -> ModelFolder:
    """Check a model folder without loading it.

    Raises:
        UserError: it holds code, pickles or quantised weights only, or a part is missing; the message says which.
    """
    _refuse_code(folder)
    if not (folder / CONFIG).is_file():
        raise _incomplete(folder, CONFIG)
    _refuse_quantised(folder)
    weights = _weights(folder)
    if not any((folder / name).is_file() for name in TOKENIZERS):
        raise _incomplete(folder, "tokenizer.json (or another tokenizer file)")
    if not _has_template(folder):
        raise no_template(folder)
    names = [name for name in ALLOWED if (folder / name).is_file()] + weights
    return ModelFolder(folder, {name: (folder / name).stat().st_size for name in names})


def no_template(source: Path) -> UserError:
    """A model that was never taught to chat."""
    return UserError(
        f"The model in {source} has no chat template, so it does not say how conversations are written.",
        "Take the model's chat or instruct variant, or put a chat_template.jinja into a copy of the folder.",
    )


def _refuse_code(folder: Path) -> None:
    for path in sorted(folder.rglob("*.py")):
        raise UserError(
            f"The model folder contains program code ({path.relative_to(folder)}), which is never run here.",
            "Take a model that transformers knows by itself, without code of its own.",
        )
    for path in sorted(folder.glob("*.json")):
        if "config" in path.name and "auto_map" in _json(path):
            raise UserError(
                f"{path} asks for program code of the model's own (auto_map), which is never run here.",
                "Take a model that transformers knows by itself, without code of its own.",
            )


def _refuse_quantised(folder: Path) -> None:
    method = _json(folder / CONFIG).get("quantization_config")
    if method:
        kind = method.get("quant_method", "quantised") if isinstance(method, dict) else "quantised"
        raise UserError(
            f"The weights in {folder} are quantised ({kind}) and cannot be trained here.",
            "Take the same model in bfloat16, float16 or float32, or as a GGUF file, which is converted.",
        )


def _weights(folder: Path) -> list[str]:
    if (folder / INDEX).is_file():
        shards = _json(folder / INDEX).get("weight_map")
        names = sorted({str(name) for name in shards.values()}) if isinstance(shards, dict) else []
        for name in names:
            if not SHARD.fullmatch(name):
                raise UserError(f"{folder / INDEX} names a file outside its folder: {name}.", "Take an intact copy.")
            if not (folder / name).is_file():
                raise _incomplete(folder, name)
        if not names:
            raise UserError(f"{folder / INDEX} lists no weights.", "Take an intact copy of the model.")
        return [INDEX, *names]
    if (folder / WEIGHTS).is_file():
        return [WEIGHTS]
    if (folder / "adapter_config.json").is_file():
        raise UserError(f"{folder} is an adapter, not a model.", "Add the model that the adapter was trained on.")
    pickled = sorted(p.name for p in folder.iterdir() if p.suffix in PICKLES)
    if pickled:
        raise UserError(
            f"The weights in {folder} are a pickle ({pickled[0]}), which can run code when it is opened.",
            "Take the same model with safetensors weights.",
        )
    raise _incomplete(folder, WEIGHTS)


def _has_template(folder: Path) -> bool:
    if any((folder / name).is_file() for name in TEMPLATES):
        return True
    config = folder / "tokenizer_config.json"
    return config.is_file() and bool(_json(config).get("chat_template"))


def _incomplete(folder: Path, missing: str) -> UserError:
    return UserError(
        f"{folder} is not a complete model folder: {missing} is missing.",
        "Name a Hugging Face model folder with config.json, safetensors weights and a tokenizer, or a .gguf file.",
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise UserError(f"{path} is far too large for what it should be.", "Take an intact copy of the model.")
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        raise UserError(f"{path} cannot be read: {error}.", "Take an intact copy of the model.") from error
