"""safetensors files read and written one tensor at a time, so that memory holds no more than that.

The format (https://huggingface.co/docs/safetensors/index#format): eight bytes with the length of the header, little
endian; the header as JSON, from each name to dtype, shape and the bounds of its bytes; the bytes without gaps.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import torch

from backend import files
from backend.errors import Damaged

LENGTH_BYTES = 8
ALIGNMENT = 8
LONGEST_HEADER = 100_000_000
"""The format's own bound."""
METADATA = "__metadata__"
TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
"""Those that are computed with; all others only pass."""
PIECE = 4 << 20
"""Bytes that pass at a time."""


class Entry(msgspec.Struct, frozen=True):
    """One tensor as the header describes it; offsets count from the end of the header."""

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]

    @property
    def bytes(self) -> int:
        return self.data_offsets[1] - self.data_offsets[0]

    @property
    def numbers(self) -> int:
        return torch.Size(self.shape).numel()


class Layout(NamedTuple):
    """A file's header."""

    path: Path
    tensors: dict[str, Entry]
    """In the order of their bytes."""
    metadata: dict[str, str]
    start: int
    """Where the bytes begin in the file."""


def read_layout(path: Path) -> Layout:
    """Read the header alone; raises Damaged where it is none or does not describe the file."""
    try:
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(LENGTH_BYTES), "little")
            if length > LONGEST_HEADER:
                raise ValueError("its header is too long")
            header = msgspec.json.decode(stream.read(length), type=dict[str, msgspec.Raw])
        metadata = msgspec.json.decode(header.pop(METADATA, b"{}"), type=dict[str, str])
        entries = {name: msgspec.json.decode(raw, type=Entry) for name, raw in header.items()}
        tensors = dict(sorted(entries.items(), key=lambda named: named[1].data_offsets))
        start = LENGTH_BYTES + length
        _require_whole(tensors, path.stat().st_size - start)
    except (OSError, ValueError) as error:
        raise Damaged(f"{path} is no whole safetensors file: {error}.", "Take an intact copy of the model.") from error
    return Layout(path, tensors, metadata, start)


def _require_whole(tensors: Mapping[str, Entry], size: int) -> None:
    end = 0
    for name, entry in tensors.items():
        begin, after = entry.data_offsets
        if begin != end or after < begin:
            raise ValueError(f"the bytes of {name} are not where they belong")
        if entry.dtype in TYPES and entry.bytes != entry.numbers * TYPES[entry.dtype].itemsize:
            raise ValueError(f"{name} has another size than its shape says")
        end = after
    if end != size:
        raise ValueError(f"{size:,} bytes of tensors instead of {end:,}")


def pieces(layout: Layout, name: str) -> Iterator[bytes]:
    """The bytes of one tensor, a few at a time; raises Damaged."""
    entry = layout.tensors[name]
    left = entry.bytes
    with layout.path.open("rb", buffering=0) as stream:
        stream.seek(layout.start + entry.data_offsets[0])
        while left:
            piece = stream.read(min(left, PIECE))
            if not piece:
                raise Damaged(f"{layout.path} ends within {name}.", "Take an intact copy of the model.")
            left -= len(piece)
            yield piece


def tensor(layout: Layout, name: str) -> torch.Tensor:
    """One tensor of floating-point numbers in memory, in its own precision."""
    entry = layout.tensors[name]
    content = bytearray()
    for piece in pieces(layout, name):
        content += piece
    if not content:
        return torch.empty(entry.shape, dtype=TYPES[entry.dtype])
    return torch.frombuffer(content, dtype=TYPES[entry.dtype]).view(entry.shape)


def bytes_of(values: torch.Tensor) -> Iterator[bytes]:
    """The bytes of a tensor as they stand in a file, a few at a time."""
    flat = values.contiguous().view(-1).view(torch.uint8).numpy()
    for first in range(0, len(flat), PIECE):
        yield flat[first : first + PIECE].tobytes()


def described(shapes: Iterable[tuple[str, str, tuple[int, ...], int]]) -> dict[str, Entry]:
    """Entries one after the other, from (name, dtype, shape, bytes)."""
    entries, end = {}, 0
    for name, dtype, shape, size in shapes:
        entries[name] = Entry(dtype, shape, (end, end + size))
        end += size
    return entries


def header_of(tensors: Mapping[str, Entry], metadata: Mapping[str, str]) -> bytes:
    """Length and header of a file; the header is filled up with spaces, so that the bytes begin aligned."""
    header: dict[str, object] = {METADATA: dict(metadata)} if metadata else {}
    text = msgspec.json.encode(header | dict(tensors))
    text += b" " * (-len(text) % ALIGNMENT)
    return len(text).to_bytes(LENGTH_BYTES, "little") + text


def write(
    path: Path,
    tensors: Mapping[str, Entry],
    metadata: Mapping[str, str],
    content: Callable[[str], Iterator[bytes]],
    heed: files.Heed = files.nobody,
) -> str:
    """Write a whole file durably.

    Args:
        tensors: in the order of their bytes.
        content: the bytes of a tensor, by name.
        heed: told of the bytes as they pass.

    Returns:
        SHA-256 of the file.

    Raises:
        NoSpace: the disk is full.
    """

    def produce(sink: Callable[[bytes], object]) -> None:
        sink(header_of(tensors, metadata))
        for name in tensors:
            for piece in content(name):
                sink(piece)
                heed(len(piece))

    return files.write_from(path, produce)
