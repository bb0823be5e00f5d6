"""What binaries ask of the system is read from real ones, and agrees with what the loader finds."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.system import table
from installer.debian.binaries import Binary, binaries_in
from installer.debian.depends import wants
from installer.debian.package import LOADED_BY_NAME, wanted_by

from tests.unit.installer.debian.conftest import PROJECT

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("objdump") is None, reason="objdump reads Linux's binaries"
)


def found_by_the_loader(binary: Path) -> dict[str, str]:
    """Names and paths of all that would be loaded with it."""
    told = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=True).stdout
    lines = (line.split() for line in told.splitlines())
    return {words[0]: words[2] for words in lines if len(words) > 2 and words[1] == "=>"}


def with_qts_own(binaries: list[Binary], first: str) -> list[Binary]:
    """The binary `first` and all of Qt's that it needs, at whatever remove."""
    by_name = {binary.path.name: binary for binary in binaries}
    found: list[Binary] = []
    names = [first]
    for name in names:
        if (binary := by_name.get(name)) is not None and binary not in found:
            found.append(binary)
            names += binary.needed
    return found


@pytest.fixture(scope="module")
def of_qt(qt: Path) -> list[Binary]:
    return [*binaries_in(qt / "Qt" / "plugins" / "platforms"), *binaries_in(qt / "Qt" / "lib")]


def test_every_library_of_the_xcb_plugin_is_declared(of_qt: list[Binary], qt: Path) -> None:
    """Against the loader and dpkg, which know nothing of our table: who brings what it needs directly."""
    if shutil.which("dpkg-query") is None:
        pytest.skip("only Debian knows whose a library is")
    plugin = with_qts_own(of_qt, "libqxcb.so")
    assert {"libqxcb.so", "libQt6XcbQpa.so.6", "libQt6Gui.so.6", "libQt6Core.so.6"} <= {b.path.name for b in plugin}
    bundled = [binary.path.name for binary in of_qt]
    declared = wants(plugin, [*bundled, *more_of_qt(qt)], table(Places(PROJECT).system_libraries), ())
    names = {name.partition(" ")[0] for field in declared.depends for name in field.split(" | ")}
    loaded = found_by_the_loader(qt / "Qt" / "plugins" / "platforms" / "libqxcb.so")
    needed = {name for binary in plugin for name in binary.needed if str(qt) not in loaded.get(name, str(qt))}
    assert len(needed) > 20
    assert {name: owner for name in needed if (owner := owner_of(loaded[name])) not in names} == {}


def more_of_qt(qt: Path) -> list[str]:
    return [path.name for path in (qt / "Qt" / "lib").iterdir()]


def owner_of(library: str) -> str:
    """The package that brings it, without the architecture. Systems with /lib in /usr/lib know either spelling."""
    real = Path(library).resolve()
    for path in (library, real, f"/usr{library}", str(real).removeprefix("/usr")):
        asked = subprocess.run(["dpkg-query", "--search", str(path)], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.partition(":")[0]
    return f"nobody's: {library}"


def test_the_versions_that_are_asked_for_are_read(of_qt: list[Binary]) -> None:
    core = next(binary for binary in of_qt if binary.path.name == "libQt6Core.so.6")
    assert "libc.so.6" in core.needed
    assert (2, 17) <= core.glibc < (3, 0)
    assert (3, 4) <= core.glibcxx < (3, 5)


def test_what_is_no_binary_is_passed_over_and_links_are_not_read_twice(bundle: Path) -> None:
    names = [binary.path.name for binary in binaries_in(bundle)]
    assert sorted(names) == ["espalier", "libQt6XcbQpa.so.6", "libqxcb.so"]


def test_a_language_changes_nothing(of_qt: list[Binary], qt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    assert binaries_in(qt / "Qt" / "lib") == [binary for binary in of_qt if binary.path.parent.name == "lib"]


def test_a_broken_binary_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.so").write_bytes(b"\x7fELF and nothing that follows")
    with pytest.raises(Problem, match=r"broken\.so"):
        binaries_in(tmp_path)


def test_a_missing_objdump_says_what_brings_it(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Problem) as found:
        binaries_in(bundle)
    assert "binutils" in found.value.hint


def test_the_small_bundle_asks_for_what_the_plugin_needs(bundle: Path) -> None:
    wanted = wanted_by(Places(PROJECT), bundle)
    assert set(LOADED_BY_NAME) < set(wanted.depends)
