"""The tiny model that ships is whole, small, and what its maker makes."""

import platform
import shutil
from importlib.resources import files as shipped
from pathlib import Path

import pytest

from backend import files
from backend.errors import Damaged
from backend.library.folder import content_of

MADE_APART = ("README.md", files.SUMS)
SAME_ARITHMETIC = ("x86_64", "AMD64")
"""Machines whose random weights are the same to the bit as those where the folder was made."""


@pytest.fixture
def folder() -> Path:
    return Path(str(shipped("resources") / "tiny_model"))


def test_the_shipped_model_is_whole_and_small(folder: Path) -> None:
    files.verify(folder)
    assert files.size_of(folder) < 200_000
    assert {line.partition("  ")[2] for line in content_of(folder)} >= {"model.safetensors", "README.md"}


def test_a_flipped_bit_of_the_shipped_model_is_found(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    weights = copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(Damaged, match=r"model\.safetensors"):
        files.verify(copy)


def test_the_shipped_model_is_what_its_maker_makes(folder: Path, tiny_model: Path) -> None:
    """Where it is not: python -m tests.makers.shipped_model."""
    names = {path.name for path in folder.iterdir() if path.name not in MADE_APART}
    assert names == {path.name for path in tiny_model.iterdir()}
    for name in sorted(names):
        kept, made = (folder / name).read_bytes(), (tiny_model / name).read_bytes()
        if name == "model.safetensors" and platform.machine() not in SAME_ARITHMETIC:
            assert (len(kept), header(kept)) == (len(made), header(made))
        else:
            assert kept == made, name


def header(weights: bytes) -> bytes:
    """Names, shapes and places of the tensors in a safetensors file."""
    return weights[8 : 8 + int.from_bytes(weights[:8], "little")]
