"""The archive holds the bundle as it is, and the same bundle makes the same archive."""

import os
import sys
import tarfile
from pathlib import Path

import pytest
import zstandard
from installer import archive

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the archive is made on Linux, links and rights in it")
MOMENT = 1_700_000_000


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "made" / "espalier"
    (folder / "_internal" / "lib").mkdir(parents=True)
    (folder / "espalier").write_bytes(b"#!/bin/sh\n" * 100)
    (folder / "espalier").chmod(0o755)
    (folder / "_internal" / "lib" / "libé.so").write_bytes(os.urandom(5000))
    (folder / "_internal" / "libé.so").symlink_to("lib/libé.so")
    return folder


def test_what_comes_out_is_what_went_in(bundle: Path, tmp_path: Path) -> None:
    packed = archive.pack(bundle, tmp_path / "espalier.tar.zst", MOMENT)
    with (
        packed.open("rb") as stream,
        zstandard.ZstdDecompressor().stream_reader(stream) as plain,
        tarfile.open(fileobj=plain, mode="r|") as files,
    ):
        files.extractall(tmp_path / "out", filter="tar")
    out = tmp_path / "out" / "espalier"
    names = sorted(str(path.relative_to(bundle)) for path in bundle.rglob("*"))
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*")) == names
    assert os.access(out / "espalier", os.X_OK)
    assert (out / "_internal" / "libé.so").readlink() == Path("lib/libé.so")
    content = (bundle / "_internal" / "lib" / "libé.so").read_bytes()
    assert (out / "_internal" / "libé.so").read_bytes() == content
    assert (out / "espalier").stat().st_mtime == MOMENT


def test_the_same_bundle_makes_the_same_archive(bundle: Path, tmp_path: Path) -> None:
    first = archive.pack(bundle, tmp_path / "1", MOMENT).read_bytes()
    os.utime(bundle / "espalier", (1, 1))
    assert archive.pack(bundle, tmp_path / "2", MOMENT).read_bytes() == first


def test_one_that_is_not_finished_does_not_bear_the_name(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = archive.pack(bundle, tmp_path / "espalier.tar.zst", MOMENT)
    whole = target.read_bytes()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tarfile.TarFile, "add", interrupted)
    with pytest.raises(KeyboardInterrupt):
        archive.pack(bundle, target, MOMENT)
    assert target.read_bytes() == whole
