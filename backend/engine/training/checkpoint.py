"""Checkpoint folders: all parts or none, durable, verified by reading back (safety.md, rules 1, 5 and 6)."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes

from backend import files
from backend.engine.training.state import FORMAT, Metadata, TrainerState
from backend.errors import Damaged

ADAPTER = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
OPTIMIZER = "optimizer.safetensors"
RNG = "rng.safetensors"
STATE = "trainer_state.json"
METADATA = "metadata.json"
PARTS = (ADAPTER, ADAPTER_CONFIG, OPTIMIZER, RNG, STATE)

Record = TypeVar("Record", bound=msgspec.Struct)


class Content(msgspec.Struct, frozen=True):
    """What is needed to go on, read whole and checked."""

    state: TrainerState
    optimizer: dict[str, torch.Tensor]
    rng: dict[str, torch.Tensor]


def write(
    folder: Path,
    save_adapter: Callable[[Path], object],
    content: Content,
    describe: Callable[[dict[str, str]], Metadata],
    *,
    emergency: bool = False,
) -> str:
    """Write a checkpoint under its final name and read it back.

    Args:
        folder: the final name; must not exist.
        save_adapter: writes the adapter's files, in PEFT's format, into the folder that it is given.
        content: everything else to go on from.
        describe: the card, given the hash of each file.
        emergency: the space that is kept free otherwise may be used.

    Returns:
        SHA-256 of the folder's SHA256SUMS.

    Raises:
        NoSpace: too little space before or during the writing; nothing is left under the final name.
    """
    files.make_folder(folder.parent)
    files.require_space(folder.parent, size_of(content.optimizer) * 3 // 2, emergency=emergency)
    with files.staged(folder) as staging:
        save_adapter(staging)
        files.write(staging / OPTIMIZER, to_bytes(_portable(content.optimizer)))
        files.write(staging / RNG, to_bytes(_portable(content.rng)))
        files.write(staging / STATE, _json(content.state))
        hashes = {
            path.relative_to(staging).as_posix(): files.sha256(path) for path in staging.rglob("*") if path.is_file()
        }
        files.write(staging / METADATA, _json(describe(dict(sorted(hashes.items())))))
    sums = files.sha256(folder / files.SUMS)
    files.verify(folder, sums)
    return sums


def read(folder: Path) -> Content:
    """Everything to go on from, or nothing.

    Raises:
        Damaged: a part is missing, altered or unreadable; the message names it.
    """
    verify(folder)
    state = _decode(folder / STATE, TrainerState)
    if state.format != FORMAT:
        raise Damaged(f"{folder} has format {state.format}, this Espalier reads {FORMAT}.", "Update Espalier.")
    return Content(state, _tensors(folder / OPTIMIZER), _tensors(folder / RNG))


def verify(folder: Path) -> Metadata:
    """Check every byte against SHA256SUMS and the card; raises Damaged."""
    files.verify(folder)
    for name in PARTS:
        if not (folder / name).is_file():
            raise Damaged(f"{folder} has no {name}.", "Take the checkpoint before it.")
    metadata = _decode(folder / METADATA, Metadata)
    for name, digest in metadata.files.items():
        if not (folder / name).is_file() or files.sha256(folder / name) != digest:
            raise Damaged(f"{folder / name} is not the file that {METADATA} lists.", "Take the checkpoint before it.")
    return metadata


def size_of(tensors: dict[str, torch.Tensor]) -> int:
    return sum(tensor.nbytes for tensor in tensors.values())


def _portable(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def _json(record: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def _decode(path: Path, kind: type[Record]) -> Record:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise Damaged(f"{path} cannot be read: {error}.", "Take the checkpoint before it.") from error


def _tensors(path: Path) -> dict[str, torch.Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise Damaged(f"{path} cannot be read: {error}.", "Take the checkpoint before it.") from error
