"""What lies in the package: the right files at their places, with the right rights, and the same bytes each time."""

import gzip
import os
import re
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from bootstrap.places import Places
from bootstrap.problem import Problem
from installer.debian.package import architecture, debian_version, package

from tests.unit.installer.debian.conftest import MOMENT, PROJECT, Packing

FIELD = re.compile(r"^(\S+): (.*)$", re.MULTILINE)


def members(deb: Path) -> list[tarfile.TarInfo]:
    """Of what will lie below /."""
    return tarfile.open(fileobj=BytesIO(unpacked(deb))).getmembers()


def content(deb: Path, name: str) -> bytes:
    with tarfile.open(fileobj=BytesIO(unpacked(deb))) as archive:
        found = archive.extractfile(f"./{name}")
        assert found is not None
        return found.read()


def unpacked(deb: Path) -> bytes:
    return subprocess.run(["dpkg-deb", "--fsys-tarfile", str(deb)], capture_output=True, check=True).stdout


def fields(deb: Path) -> dict[str, str]:
    told = subprocess.run(["dpkg-deb", "--field", str(deb)], capture_output=True, text=True, check=True).stdout
    return dict(FIELD.findall(told))


def test_everything_lies_where_a_desktop_looks_for_it(packed: Packing) -> None:
    names = {member.name.removeprefix("./") for member in members(packed())}
    assert names >= {
        "opt/espalier/espalier",
        "opt/espalier/LICENSES.txt",
        "opt/espalier/_internal/PySide6/Qt/plugins/platforms/libqxcb.so",
        "usr/bin/espalier",
        "usr/share/applications/espalier.desktop",
        "usr/share/mime/packages/espalier.xml",
        "usr/share/metainfo/espalier.metainfo.xml",
        "usr/share/icons/hicolor/scalable/apps/espalier.svg",
        "usr/share/icons/hicolor/48x48/apps/espalier.png",
        "usr/share/icons/hicolor/128x128/apps/espalier.png",
        "usr/share/icons/hicolor/256x256/apps/espalier.png",
        "usr/share/man/man1/espalier.1.gz",
        "usr/share/doc/espalier/copyright",
        "usr/share/doc/espalier/changelog.gz",
        "usr/share/doc/espalier/CHANGELOG.md.gz",
    }


def test_everything_is_roots_and_everybody_may_read_it(bundle: Path, tmp_path: Path) -> None:
    (bundle / "LICENSES.txt").chmod(0o4600)
    made = members(package(Places(PROJECT), bundle, "1.0.0", tmp_path / "a.deb", MOMENT))
    assert {(member.uid, member.gid, member.uname, member.mtime) for member in made} == {(0, 0, "root", MOMENT)}
    assert {member.mode for member in made if member.isdir()} == {0o755}
    by_name = {member.name: member for member in made}
    assert by_name["./opt/espalier/espalier"].mode == 0o755
    assert by_name["./opt/espalier/LICENSES.txt"].mode == 0o644
    assert {member.mode for member in made if member.isfile()} == {0o755, 0o644}
    assert by_name["./usr/bin/espalier"].linkname == "/opt/espalier/espalier"
    assert by_name["./opt/espalier/_internal/libQt6XcbQpa.so.6"].linkname == "PySide6/Qt/lib/libQt6XcbQpa.so.6"


def test_the_same_bundle_makes_the_same_package(packed: Packing, bundle: Path, tmp_path: Path) -> None:
    first = packed().read_bytes()
    os.utime(bundle / "espalier", (1, 1))
    again = package(Places(PROJECT), bundle, "1.0.0", tmp_path / "again.deb", MOMENT, patience=20)
    assert again.read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["again.deb"], "nothing is left beside it"


def test_its_fields_say_what_it_is_and_needs(packed: Packing) -> None:
    told = fields(packed())
    assert (told["Package"], told["Version"], told["Architecture"]) == ("espalier", "1.0.0", architecture())
    assert told["Description"] == "train your own language model day after day"
    assert re.fullmatch(r".+ <\S+@\S+>", told["Maintainer"])
    size = sum(member.size for member in members(packed()) if member.isfile())
    assert abs(int(told["Installed-Size"]) - size / 1024) < 5
    depends = told["Depends"].split(", ")
    assert re.fullmatch(r"libc6 \(>= 2\.\d+\)", depends[0])
    assert {"libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libegl1", "libgl1"} <= set(depends)
    assert not [name for name in depends if "qt6" in name.lower()], "Qt travels with us"
    assert {"fonts-dejavu-core", "shared-mime-info", "desktop-file-utils"} <= set(told["Recommends"].split(", "))


def test_the_papers_are_filled_in(packed: Packing) -> None:
    changelog = gzip.decompress(content(packed(), "usr/share/doc/espalier/changelog.gz")).decode()
    assert changelog.startswith("espalier (1.0.0) stable; urgency=medium\n")
    assert changelog.endswith("Tue, 14 Nov 2023 22:13:20 +0000\n")
    page = gzip.decompress(content(packed(), "usr/share/man/man1/espalier.1.gz")).decode()
    assert '"Espalier 1.0.0"' in page
    assert "/opt/espalier/LICENSES.txt" in page
    told = subprocess.run(["dpkg-deb", "--ctrl-tarfile", str(packed())], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(told)) as control:
        names = {member.name: member.mode for member in control.getmembers()}
        assert names["./prerm"] == names["./postrm"] == 0o755
        assert names["./control"] == names["./md5sums"] == 0o644
        for name in ("./prerm", "./postrm"):
            script = control.extractfile(name)
            assert script is not None
            assert not re.search(r"@[A-Z]+@", script.read().decode())


def test_a_release_candidate_comes_before_its_release() -> None:
    assert debian_version("1.0.0rc1") == "1.0.0~rc1"
    assert debian_version("1.0.0.dev3") == "1.0.0~dev3"
    assert debian_version("1.0.0.post1") == "1.0.0.post1"
    assert debian_version("1.0.0") == "1.0.0"


def test_where_dpkg_fails_its_words_are_told_and_nothing_is_left(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="dpkg-deb failed"):
        package(Places(PROJECT), bundle, "what a version", tmp_path / "no.deb", MOMENT)
    assert list(tmp_path.iterdir()) == []


def test_a_system_without_dpkg_is_told_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Problem, match="dpkg-deb is missing"):
        architecture()
