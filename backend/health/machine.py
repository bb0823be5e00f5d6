"""Checks of the machine: packages, hardware, SQLite, and what a window needs of the system."""

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

import psutil

from backend.frozen import outer_environment
from backend.health.check import Check
from backend.health.window_libraries import WINDOW_LIBRARIES, how_to_install, missing_libraries
from backend.store.database import WAL_SAFE, wal_is_safe

PACKAGES = ("torch", "transformers", "peft", "safetensors", "tokenizers", "msgspec", "sqlite-utils")
WINDOW_PACKAGE = "PySide6-Essentials"
GB = 1e9


def machine_checks(environment: Mapping[str, str] = os.environ) -> Iterator[Check]:
    """Everything that does not depend on a home."""
    yield Check(name="python", ok=True, text=f"{platform.python_version()} on {platform.platform()}")
    yield Check(name="espalier", ok=True, text=own_version())
    for package in PACKAGES:
        yield package_check(package)
    yield hardware()
    yield accelerator()
    yield database_library(sqlite3.sqlite_version_info)
    yield package_check(WINDOW_PACKAGE)
    if sys.platform.startswith("linux"):
        yield window_libraries(environment)


def own_version() -> str:
    """Of this program; a folder of sources that was never installed has none."""
    try:
        return version("espalier")
    except PackageNotFoundError:
        return "runs from its folder of sources"


def package_check(package: str) -> Check:
    """Looks at the installed metadata, so that nothing heavy is imported."""
    try:
        return Check(name=package, ok=True, text=version(package))
    except PackageNotFoundError:
        hint = "Set Espalier up again: python3 start.py setup"
        return Check(name=package, ok=False, text="not installed", hint=hint)


def hardware() -> Check:
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    memory = psutil.virtual_memory()
    text = f"{cores} cores, {memory.total / GB:.1f} GB memory, {memory.available / GB:.1f} GB of it free"
    return Check(name="hardware", ok=True, text=text)


def accelerator() -> Check:
    """What NVIDIA's own program says; Apple's chips need none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        text = (
            "Apple GPU (Metal)"
            if platform.machine() == "arm64" and sys.platform == "darwin"
            else "none: the CPU trains"
        )
        return Check(name="accelerator", ok=True, text=text)
    asked = [program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        told = subprocess.run(asked, env=outer_environment(), capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check(name="accelerator", ok=False, text=f"nvidia-smi does not answer: {error}", hint="Mend the driver.")
    if told.returncode:
        return Check(
            name="accelerator", ok=False, text=told.stdout.strip() or told.stderr.strip(), hint="Mend the driver."
        )
    return Check(name="accelerator", ok=True, text="; ".join(told.stdout.strip().splitlines()))


def database_library(number: tuple[int, int, int]) -> Check:
    """Older releases can corrupt a database in WAL mode; Espalier then uses the slower, safe mode."""
    text = ".".join(str(part) for part in number)
    if wal_is_safe(number):
        return Check(name="sqlite", ok=True, text=f"{text}, WAL mode is safe")
    fixed = ", ".join(".".join(str(part) for part in line) for line in WAL_SAFE)
    return Check(
        name="sqlite", ok=True, text=f"{text} has the WAL bug (mended in {fixed}); the safe mode is used instead"
    )


def window_libraries(environment: Mapping[str, str], libraries: Mapping[str, str] = WINDOW_LIBRARIES) -> Check:
    """A fault only where a window could be shown."""
    missing = missing_libraries(libraries)
    if not missing:
        return Check(name="window", ok=True, text="all system libraries of a window are there")
    shown = bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    return Check(
        name="window",
        ok=not shown,
        text=f"missing: {', '.join(missing)}" + ("" if shown else " (no display here, so nothing needs them)"),
        hint=how_to_install(missing, libraries),
    )
