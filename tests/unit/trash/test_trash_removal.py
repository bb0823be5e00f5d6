"""Sealed things go for good, as a user without rights over others', and nothing beyond a link goes with them."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend import files
from backend.trash.removal import bytes_of, remove
from tests.fakes.unprivileged import unprivileged


@pytest.fixture
def own() -> Iterator[Path]:
    """A folder of an unprivileged user, who this process is while the test runs."""
    with unprivileged() as folder:
        yield folder


def sealed(place: Path) -> Path:
    with files.staged(place, sealed=True) as staging:
        files.write(staging / "model.safetensors", b"weights")
        files.make_folder(staging / "adapter")
        files.write(staging / "adapter" / "adapter_model.safetensors", b"adapter")
    return place


def test_a_sealed_version_goes(own: Path) -> None:
    version = sealed(own / "v001")
    assert not os.access(version / "model.safetensors", os.W_OK, effective_ids=os.access in os.supports_effective_ids)
    assert bytes_of(version) == files.size_of(version)
    remove(version)
    assert list(own.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such rights there")
@pytest.mark.parametrize("rights", [0o555, 0o000], ids=["read-only", "closed"])
def test_folders_without_rights_go_too(own: Path, rights: int) -> None:
    version = sealed(own / "v001")
    (version / "adapter").chmod(rights)
    version.chmod(rights)
    remove(version)
    assert list(own.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_no_link_is_followed(own: Path) -> None:
    outside = sealed(own / "outside")
    outside.chmod(0o555)
    inside = own / "inside"
    inside.mkdir()
    (inside / "folder").symlink_to(outside, target_is_directory=True)
    (inside / "file").symlink_to(outside / "model.safetensors")
    (inside / "nowhere").symlink_to(own / "nothing")
    link = own / "link"
    link.symlink_to(outside, target_is_directory=True)
    assert bytes_of(inside) < 1000
    remove(inside)
    remove(link)
    assert [path.name for path in own.iterdir()] == ["outside"]
    files.verify(outside)
    assert outside.stat().st_mode & 0o777 == 0o555
    outside.chmod(0o755)
