"""What the operating system must bring: named in one line where it is missing, installed on Debian where we may."""

import importlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from bootstrap import stamp
from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.say import say

ON_LINUX = platform.system() == "Linux"
LOOKED_AT = (
    "QtGui.abi3.so",
    "QtWidgets.abi3.so",
    "QtSvg.abi3.so",
    "Qt/plugins/platforms/libqoffscreen.so",
    "Qt/plugins/platforms/libqxcb.so",
    "Qt/plugins/platforms/libqwayland.so",
)
"""Parts of PySide6 whose system libraries a window needs."""


def require_libraries(places: Places) -> None:
    """See that all libraries of a real window are there.

    Raises:
        Problem: some are missing and cannot be installed from here; names them.
    """
    missing = missing_libraries(places)
    if missing:
        known = table(places.system_libraries)
        _provide("A window needs system libraries that are missing", missing, [known.get(name, "") for name in missing])


def require_programs(places: Places) -> None:
    """See that the programs which the tests run are there; only Linux has such tests.

    Raises:
        Problem: some are missing and cannot be installed from here; names them.
    """
    if not ON_LINUX:
        return
    known = table(places.system_programs)
    missing = [name for name in known if shutil.which(name) is None]
    if missing:
        _provide("Some tests need programs that are missing", missing, [known[name] for name in missing])


def missing_libraries(places: Places) -> list[str]:
    """Names of the libraries that the loader does not find for Qt; empty where ldd is not there to ask."""
    ldd = shutil.which("ldd")
    if not ON_LINUX or ldd is None:
        return []
    parts = [folder / name for folder in places.venv.glob("lib/python*/site-packages/PySide6") for name in LOOKED_AT]
    parts = [part for part in parts if part.exists()]
    if not parts:
        return []
    told = subprocess.run([ldd, *parts], capture_output=True, text=True, check=False)
    return not_found(told.stdout)


def not_found(ldd_output: str) -> list[str]:
    """The library names that ldd could not resolve, each once."""
    lines = (line.split() for line in ldd_output.splitlines())
    return sorted({words[0] for words in lines if words[1:] == ["=>", "not", "found"]})


def table(path: Path) -> dict[str, str]:
    """A file of `name package` lines; # begins a comment."""
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {row[0]: row[1] for row in rows if row}


def provide_venv_module() -> None:
    """Debian and Ubuntu split `venv` off from Python; fetch it or name it.

    Raises:
        Problem: it is not there and cannot be installed from here.
    """
    _provide("This Python cannot make virtual environments, a part is missing", ["ensurepip"], [_venv_package()])
    importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is None:
        raise Problem("This Python cannot make virtual environments: ensurepip is missing.", venv_hint())


def venv_hint() -> str:
    return f"Install a complete Python; on Debian and Ubuntu: sudo apt install {_venv_package()}"


def _venv_package() -> str:
    return f"python{stamp.python_version()}-venv"


def _provide(trouble: str, names: list[str], packages: list[str]) -> None:
    wanted = sorted({package for package in packages if package})
    problem = Problem(f"{trouble}: {', '.join(names)}.", _how_to_install(names, wanted))
    if not wanted or shutil.which("apt-get") is None or not _is_root():
        raise problem
    say(f"{trouble}; installing {' '.join(wanted)} ...")
    if not _apt_install(wanted):
        raise problem


def _how_to_install(names: Iterable[str], packages: list[str]) -> str:
    if packages and shutil.which("apt-get"):
        return f"Install them and start again: sudo apt install {' '.join(packages)}"
    if shutil.which("dnf"):
        return "Install them and start again: sudo dnf install " + " ".join(
            f"'{name}()(64bit)'" if ".so" in name else name for name in names
        )
    return f"Install what brings them (packages of Debian: {' '.join(packages)}) and start again."


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _apt_install(packages: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            say("  " + "\n  ".join(done.stdout.splitlines()[-5:]))
    return done.returncode == 0
