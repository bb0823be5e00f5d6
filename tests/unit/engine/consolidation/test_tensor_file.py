"""Our writer of safetensors files writes what the library reads, and our reader refuses what is not whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from backend import files
from backend.engine.consolidation import tensor_file
from backend.errors import Damaged

TENSORS = {
    "body.weight": torch.arange(12, dtype=torch.float32).view(3, 4).to(torch.bfloat16),
    "counts": torch.tensor([1, 2, 3], dtype=torch.int64),
    "empty": torch.empty(0, 4),
    "flags": torch.tensor([True, False, True]),
    "scalar": torch.tensor(2.5),
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.safetensors"
    save_file(TENSORS, path, metadata={"format": "pt"})
    return path


def test_a_copy_is_the_same_file_to_the_library(source: Path, tmp_path: Path) -> None:
    layout = tensor_file.read_layout(source)
    seen: list[int] = []

    def content(name: str) -> Iterator[bytes]:
        return tensor_file.pieces(layout, name)

    copy = tmp_path / "copy.safetensors"
    digest = tensor_file.write(copy, layout.tensors, layout.metadata, content, seen.append)
    assert digest == files.sha256(copy)
    assert sum(seen) == sum(entry.bytes for entry in layout.tensors.values())
    found = load_file(copy)
    assert found.keys() == TENSORS.keys()
    assert all(torch.equal(found[name], TENSORS[name]) and found[name].dtype == TENSORS[name].dtype for name in found)
    with safe_open(copy, "pt") as opened:
        assert opened.metadata() == {"format": "pt"}
    assert tensor_file.read_layout(copy).start % tensor_file.ALIGNMENT == 0


def test_tensors_are_read_as_the_library_reads_them(source: Path) -> None:
    layout = tensor_file.read_layout(source)
    for name in ("body.weight", "empty", "scalar"):
        assert torch.equal(tensor_file.tensor(layout, name), TENSORS[name])


@pytest.mark.parametrize("values", [TENSORS["body.weight"], TENSORS["body.weight"].t(), torch.empty(0), torch.ones(())])
def test_bytes_are_those_of_the_tensor_in_order(values: torch.Tensor) -> None:
    content = b"".join(tensor_file.bytes_of(values))
    assert content == values.contiguous().view(-1).view(torch.uint8).numpy().tobytes()


@pytest.mark.parametrize("cut", [0, 4, 40, -1])
def test_a_file_that_was_cut_is_refused(source: Path, cut: int) -> None:
    source.write_bytes(source.read_bytes()[:cut])
    with pytest.raises(Damaged, match=r"source\.safetensors"):
        tensor_file.read_layout(source)


def test_a_header_that_names_other_bytes_is_refused(source: Path) -> None:
    content = source.read_bytes()
    source.write_bytes(content.replace(b'"shape":[3,4]', b'"shape":[3,5]'))
    with pytest.raises(Damaged, match=r"body\.weight has another size"):
        tensor_file.read_layout(source)
