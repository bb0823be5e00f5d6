"""A small bundle with real binaries, the package that is made of it, and a root folder that dpkg installs it into."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from bootstrap.places import Places
from installer.debian.package import package

MOMENT = 1_700_000_000
PROJECT = Path(__file__).parents[4]
Packing = Callable[..., Path]


@dataclass(frozen=True)
class Installation:
    """A system of its own in a folder. Scripts run outside of it and are told where it lies, as dpkg can do it."""

    root: Path
    environment: dict[str, str]

    @property
    def program(self) -> Path:
        return self.root / "opt" / "espalier" / "espalier"

    def dpkg(self, *words: object) -> "subprocess.CompletedProcess[str]":
        options = ["--force-not-root", "--force-script-chrootless", "--force-depends", "--force-bad-path"]
        command = ["dpkg", f"--root={self.root}", f"--log={os.devnull}", *options, *map(str, words)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60, check=False)

    def state(self) -> str:
        asked = self.dpkg("--status", "espalier").stdout
        return next((line.partition(": ")[2] for line in asked.splitlines() if line.startswith("Status")), "")

    def version(self) -> str:
        asked = self.dpkg("--status", "espalier").stdout
        return next((line.partition(": ")[2] for line in asked.splitlines() if line.startswith("Version")), "")


@pytest.fixture(scope="session")
def qt() -> Path:
    """The folder of PySide6."""
    found = find_spec("PySide6")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0])


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory, qt: Path) -> Path:
    """The program is a copy of Python; inside are the xcb plugin and its library, and a link."""
    if not sys.platform.startswith("linux") or shutil.which("dpkg-deb") is None:
        pytest.skip("dpkg is not here")
    folder = tmp_path_factory.mktemp("made") / "espalier"
    inside = folder / "_internal" / "PySide6" / "Qt"
    for name in ("plugins/platforms/libqxcb.so", "lib/libQt6XcbQpa.so.6"):
        (inside / name).parent.mkdir(parents=True)
        shutil.copy2(qt / "Qt" / name, inside / name)
    for name in ("libQt6Core.so.6", "libQt6DBus.so.6", "libQt6Gui.so.6"):
        (inside / "lib" / name).touch()  # the real ones take a minute to pack
    (folder / "_internal" / "libQt6XcbQpa.so.6").symlink_to("PySide6/Qt/lib/libQt6XcbQpa.so.6")
    shutil.copy2(Path(sys.executable).resolve(), folder / "espalier")
    for library in Path(sys.base_prefix, "lib").glob("libpython3*.so.1.0"):
        (folder / "_internal" / library.name).touch()  # what the copy is linked to where Python is a library
    (folder / "LICENSES.txt").write_text("All of them.\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def packed(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Packing:
    """The package of a version, made once."""
    folder = tmp_path_factory.mktemp("packages")

    def pack(version: str = "1.0.0", patience: int = 20) -> Path:
        target = folder / f"espalier_{version}_{patience}.deb"
        if target.exists():
            return target
        return package(Places(PROJECT), bundle, version, target, MOMENT, patience=patience)

    return pack


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    root = tmp_path / "root"
    for name in ("info", "updates", "triggers", "parts"):
        (root / "var" / "lib" / "dpkg" / name).mkdir(parents=True)
    for name in ("status", "available"):
        (root / "var" / "lib" / "dpkg" / name).touch()
    programs = tmp_path / "programs"
    programs.mkdir()
    users = tmp_path / "users"
    users.write_text("".join(f"{name}:x:1:1::{tmp_path}/{name}:/bin/sh\n" for name in ("ann", "bob b")), "utf-8")
    (getent := programs / "getent").write_text(f'#!/bin/sh\ncat "{users}"\n', encoding="utf-8")
    getent.chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
    return Installation(root, environment)
