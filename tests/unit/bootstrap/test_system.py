"""Missing system libraries are read from ldd, named with their packages, and installed only where we may."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bootstrap import system
from bootstrap.places import Places
from bootstrap.problem import Problem

LDD = """\
/x/libqxcb.so:
\tlinux-vdso.so.1 (0x00007ffd)
\tlibQt6Gui.so.6 => /x/libQt6Gui.so.6 (0x00007f1)
\tlibxcb-cursor.so.0 => not found
\tlibxcb-icccm.so.4 => not found
/x/libqoffscreen.so:
\tlibxcb-cursor.so.0 => not found
\tnot a dynamic executable
"""


@pytest.fixture
def project() -> Places:
    return Places.here()


@pytest.fixture
def two_missing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    missing = ["libxcb-cursor.so.0", "libxcb-icccm.so.4"]
    monkeypatch.setattr(system, "missing_libraries", lambda _: missing)
    return missing


def programs(monkeypatch: pytest.MonkeyPatch, *there: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name in there else None)


def test_what_ldd_does_not_find_is_listed_once() -> None:
    assert system.not_found(LDD) == ["libxcb-cursor.so.0", "libxcb-icccm.so.4"]
    assert system.not_found("") == []


def test_the_table_knows_the_three_that_a_bare_debian_lacks(project: Places) -> None:
    known = system.table(project.system_libraries)
    assert known["libxcb-cursor.so.0"] == "libxcb-cursor0"
    assert known["libxcb-icccm.so.4"] == "libxcb-icccm4"
    assert known["libxcb-keysyms.so.1"] == "libxcb-keysyms1"


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("ldd") is None, reason="ldd is Linux's")
def test_the_table_knows_every_library_that_qt_needs_here(project: Places) -> None:
    found = importlib.util.find_spec("PySide6")
    assert found is not None
    assert found.submodule_search_locations is not None
    folder = Path(found.submodule_search_locations[0])
    parts = [folder / name for name in system.LOOKED_AT]
    listing = subprocess.run(["ldd", *parts], capture_output=True, text=True, check=True).stdout
    direct = {line.split()[0] for line in listing.splitlines() if "=>" in line and str(folder.parent) not in line}
    known = set(system.table(project.system_libraries))
    assert direct & known
    assert {name for name in direct if name.startswith(("libxcb", "libX11", "libwayland", "libEGL"))} <= known


def test_missing_libraries_are_named_in_one_line_with_their_packages(
    project: Places, two_missing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs(monkeypatch, "apt-get")
    monkeypatch.setattr(system, "_is_root", lambda: False)
    with pytest.raises(Problem) as found:
        system.require_libraries(project)
    assert all(name in found.value.message for name in two_missing)
    assert found.value.hint.endswith("sudo apt install libxcb-cursor0 libxcb-icccm4")
    assert "\n" not in str(found.value)


@pytest.mark.usefixtures("two_missing")
def test_other_distributions_are_told_in_their_own_words(project: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(monkeypatch, "dnf")
    with pytest.raises(Problem, match=r"sudo dnf install 'libxcb-cursor\.so\.0\(\)\(64bit\)'"):
        system.require_libraries(project)
    programs(monkeypatch)
    with pytest.raises(Problem, match="libxcb-cursor0 libxcb-icccm4"):
        system.require_libraries(project)


@pytest.mark.usefixtures("two_missing")
def test_root_on_debian_has_them_installed(project: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, "")

    programs(monkeypatch, "apt-get")
    monkeypatch.setattr(system, "_is_root", lambda: True)
    monkeypatch.setattr(subprocess, "run", run)
    system.require_libraries(project)
    assert [command[1] for command in asked] == ["update", "install"]
    assert asked[1][-2:] == ["libxcb-cursor0", "libxcb-icccm4"]


@pytest.mark.usefixtures("two_missing")
def test_an_installation_that_fails_still_names_the_packages(project: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(monkeypatch, "apt-get")
    monkeypatch.setattr(system, "_is_root", lambda: True)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 100, "no network"))
    with pytest.raises(Problem, match="sudo apt install libxcb-cursor0 libxcb-icccm4"):
        system.require_libraries(project)


def test_a_library_that_the_table_lacks_is_still_named(project: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "missing_libraries", lambda _: ["libnew.so.1"])
    programs(monkeypatch, "apt-get")
    monkeypatch.setattr(system, "_is_root", lambda: True)
    with pytest.raises(Problem, match=r"libnew\.so\.1"):
        system.require_libraries(project)


def test_nothing_missing_passes(project: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "missing_libraries", lambda _: [])
    system.require_libraries(project)


def test_before_pyside_is_installed_nothing_is_missing(places: Places) -> None:
    assert system.missing_libraries(places) == []


def test_a_python_without_ensurepip_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    programs(monkeypatch, "apt-get")
    monkeypatch.setattr(system, "_is_root", lambda: False)
    with pytest.raises(Problem, match=r"sudo apt install python3\.\d+-venv"):
        system.provide_venv_module()
