"""What a base knows of text: tokenizer, stop tokens, longest sequence; read without its weights and without torch."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from transformers import AutoConfig, AutoTokenizer, GenerationConfig, PreTrainedTokenizerBase

from backend import files
from backend.domain.head import Base
from backend.engine.models.card import METADATA, Stored
from backend.errors import Damaged

UNKNOWN_CONTEXT = 2048
"""Taken where neither the model nor its tokenizer names a longest sequence."""


@dataclass(frozen=True)
class Language:
    """The part of a `LoadedModel` that rows are tokenised with."""

    tokenizer: PreTrainedTokenizerBase
    eos_ids: frozenset[int]
    context: int


def load_language(base: Base) -> Language:
    """The same as the loaded model has.

    Raises:
        Damaged: a file is missing, has another size, or cannot be read.
    """
    check(base)
    folder = Path(base.path)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        generation = _generation(folder, config)
    except (OSError, ValueError) as error:
        raise Damaged(f"The tokenizer in {folder} cannot be read: {error}", remedy(base)) from error
    return Language(tokenizer, stop_ids(generation, config, tokenizer), longest(config, tokenizer))


def check(base: Base) -> Stored:
    """Compare the hash of SHA256SUMS and every file's size; reading all bytes back is `files.verify`.

    Returns:
        What the folder says of itself.

    Raises:
        Damaged: something differs; the message names it.
    """
    folder = Path(base.path)
    try:
        sums = (folder / files.SUMS).read_bytes()
        card_bytes = (folder / METADATA).read_bytes()
    except OSError as error:
        raise Damaged(f"The model in {folder} cannot be read ({error.strerror}).", remedy(base)) from error
    if hashlib.sha256(sums).hexdigest() != base.sha256:
        raise Damaged(f"{folder / files.SUMS} is not the file that was recorded.", remedy(base))
    if f"{hashlib.sha256(card_bytes).hexdigest()}  {METADATA}\n".encode() not in sums:
        raise Damaged(f"{folder / METADATA} does not match its recorded hash.", remedy(base))
    stored = msgspec.json.decode(card_bytes, type=Stored)
    for name, size in stored.sizes().items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            raise Damaged(f"{path} is missing or does not have its recorded size of {size:,} bytes.", remedy(base))
    return stored


def stop_ids(generation: Any, config: Any, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Tokens that end an answer: those of the generation config, else of the model's config; and the tokenizer's."""
    named = generation.eos_token_id if generation is not None else None
    if named is None:
        named = getattr(config.get_text_config(), "eos_token_id", None)
    ids = set(named) if isinstance(named, list | tuple) else {named}
    ids.add(tokenizer.eos_token_id)
    return frozenset(int(i) for i in ids if i is not None)


def longest(config: Any, tokenizer: PreTrainedTokenizerBase) -> int:
    """Longest sequence in tokens."""
    named = getattr(config.get_text_config(), "max_position_embeddings", None)
    if isinstance(named, int) and named > 0:
        return named
    # Tokenizers that know no limit say 10^30.
    return int(tokenizer.model_max_length) if tokenizer.model_max_length < 2**31 else UNKNOWN_CONTEXT


def remedy(base: Base) -> str:
    return f"Remove the model {base.slug} and add it again."


def _generation(folder: Path, config: Any) -> Any:
    """As a model that is loaded from the folder has it."""
    if (folder / "generation_config.json").is_file():
        return GenerationConfig.from_pretrained(folder, local_files_only=True)
    return GenerationConfig.from_model_config(config)
