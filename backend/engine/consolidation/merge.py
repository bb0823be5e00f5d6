"""Writes the merged weights: the base's files once more, one tensor at a time, those that were trained changed."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import torch

from backend import files
from backend.engine.consolidation import tensor_file
from backend.engine.consolidation.course import Course
from backend.engine.consolidation.targets import Pair, Trained, locate
from backend.engine.consolidation.tensor_file import Entry, Layout
from backend.engine.models.card import METADATA
from backend.engine.models.folder import CONFIG, INDEX, WEIGHTS
from backend.errors import Damaged

HALVES = ("F16", "BF16")
"""What float32 is wider than."""
WIDE = "F32"
WORDS = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
"""As torch names them."""
TYPE_KEYS = ("dtype", "torch_dtype")
"""Under which config.json names the precision, now and before transformers 5."""


class Merger:
    """Knows before anything is written what it writes, and how large that is."""

    def __init__(self, base: Path, trained: Trained, prefix: str, tied: bool) -> None:
        """Raises UserError: the adapter does not fit the base's files, or those cannot be read."""
        self._base = base
        self._trained = trained
        self._layouts = [tensor_file.read_layout(base / name) for name in weight_files(base)]
        shapes = {name: entry.shape for layout in self._layouts for name, entry in layout.tensors.items()}
        self._pairs: dict[str, Pair] = locate(trained, shapes, prefix, tied)
        kinds = [
            layout.tensors[name].dtype for layout in self._layouts for name in self._pairs if name in layout.tensors
        ]
        self._kind = max(sorted(set(kinds)), key=kinds.count)
        self._require_numbers(kinds)

    @property
    def precision(self) -> str:
        """That of the base, in torch's words."""
        return WORDS[self._kind]

    @property
    def is_wide(self) -> bool:
        """Whether float32 would change nothing."""
        return not any(entry.dtype in HALVES for layout in self._layouts for entry in layout.tensors.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Of the files of weights."""
        return tuple(layout.path.name for layout in self._layouts)

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the base's files that are taken over as they are: tokenizer, template, generation, licence."""
        own = {*self.names, CONFIG, INDEX, files.SUMS, METADATA}
        return tuple(sorted(path.name for path in self._base.iterdir() if path.is_file() and path.name not in own))

    def size(self, float32: bool) -> int:
        """Bytes of all tensors."""
        return sum(entry.bytes for layout in self._layouts for entry in self._entries(layout, float32).values())

    def write(self, folder: Path, float32: bool, hashes: dict[str, str], course: Course) -> None:
        """Write or replace weights, their index and config.json.

        Args:
            float32: all floating-point numbers; else each tensor in its own precision.
            hashes: gets the SHA-256 of each file by name.

        Raises:
            NoSpace: the disk is full.
            MergeCancelled: it was broken off.
        """
        for layout in self._layouts:
            hashes[layout.path.name] = tensor_file.write(
                folder / layout.path.name,
                self._entries(layout, float32),
                layout.metadata,
                functools.partial(self._content, layout, float32),
                course.heed,
            )
        widened = float32 and not self.is_wide
        if (self._base / INDEX).is_file():
            text = self._index(float32) if widened else (self._base / INDEX).read_bytes()
            hashes[INDEX] = files.write(folder / INDEX, text)
        config = (self._base / CONFIG).read_bytes()
        hashes[CONFIG] = files.write(folder / CONFIG, _widened_config(config) if widened else config)

    def _entries(self, layout: Layout, float32: bool) -> dict[str, Entry]:
        if not float32:
            return layout.tensors
        return tensor_file.described(
            (name, WIDE, entry.shape, entry.numbers * torch.float32.itemsize)
            if entry.dtype in HALVES
            else (name, entry.dtype, entry.shape, entry.bytes)
            for name, entry in layout.tensors.items()
        )

    def _content(self, layout: Layout, float32: bool, name: str) -> Iterator[bytes]:
        widen = float32 and layout.tensors[name].dtype in HALVES
        pair = self._pairs.get(name)
        if pair is None and not widen:
            yield from tensor_file.pieces(layout, name)
            return
        stored = tensor_file.tensor(layout, name)
        values = stored.float()  # of a float32 tensor the same memory, which is ours alone
        if pair is not None:
            pair.add_to(values, self._trained.scaling, transposed=self._trained.transposed)
        yield from tensor_file.bytes_of(values if widen else values.to(stored.dtype))

    def _index(self, float32: bool) -> bytes:
        index = msgspec.json.decode((self._base / INDEX).read_bytes(), type=dict[str, Any])
        index["metadata"] = {**index.get("metadata", {}), "total_size": self.size(float32)}
        return msgspec.json.format(msgspec.json.encode(index), indent=2) + b"\n"

    def _require_numbers(self, kinds: list[str]) -> None:
        for kind in kinds:
            if kind not in WORDS:
                raise Damaged(f"The weights in {self._base} are {kind}, which cannot be computed with.", "")


def weight_files(folder: Path) -> list[str]:
    """Names of a model folder's files of weights; raises Damaged where its index cannot be read."""
    if not (folder / INDEX).is_file():
        return [WEIGHTS]
    try:
        index = msgspec.json.decode((folder / INDEX).read_bytes(), type=dict[str, Any])
        return sorted({str(name) for name in index["weight_map"].values()})
    except (OSError, msgspec.MsgspecError, LookupError, AttributeError) as error:
        raise Damaged(f"{folder / INDEX} cannot be read: {error}.", "Take an intact copy of the model.") from error


def _widened_config(content: bytes) -> bytes:
    config = msgspec.json.decode(content, type=dict[str, Any])
    _widen(config)
    if not any(key in config for key in TYPE_KEYS):
        config[TYPE_KEYS[0]] = WORDS[WIDE]
    return msgspec.json.format(msgspec.json.encode(config), indent=2) + b"\n"


def _widen(config: dict[str, Any]) -> None:
    """In the parts of a composed model too."""
    for key, value in config.items():
        if isinstance(value, dict):
            _widen(value)
        elif key in TYPE_KEYS and value is not None:
            config[key] = WORDS[WIDE]
