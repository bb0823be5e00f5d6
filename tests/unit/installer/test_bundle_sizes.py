"""Sizes are measured as a disk counts them, and what is too large is named."""

from pathlib import Path

import pytest
from installer import sizes


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    inside = tmp_path / "espalier" / "_internal" / "torch"
    inside.mkdir(parents=True)
    (inside / "lib.so").write_bytes(bytes(3000))
    (inside / "link.so").symlink_to("lib.so")
    (tmp_path / "espalier" / "espalier").write_bytes(bytes(1000))
    return tmp_path / "espalier"


def test_a_link_weighs_nothing(bundle: Path) -> None:
    assert sizes.size_of(bundle) == 4000
    assert sizes.size_of(bundle / "espalier") == 1000


def test_the_heaviest_parts_come_first(bundle: Path) -> None:
    assert [(part.name, part.bytes) for part in sizes.largest(bundle)] == [("torch", 3000), ("espalier", 1000)]


def test_what_breaks_the_promise_is_named(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = bundle.with_name("espalier.deb")
    package.write_bytes(bytes(500))
    assert sizes.too_large(bundle, package) == []
    monkeypatch.setattr(sizes, "PACKAGE_LIMIT", 499)
    [reason] = sizes.too_large(bundle, package)
    assert reason.startswith("espalier.deb has")
    monkeypatch.setattr(sizes, "UNPACKED_LIMIT", 3999)
    assert len(sizes.too_large(bundle, package)) == 2
