"""Makes the installer for Windows from the frozen program, by Inno Setup's compiler."""

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bootstrap.places import Places
from bootstrap.problem import Problem

from installer import icons

COMPILER = "ISCC"
USUAL_PLACES = ("ProgramFiles(x86)", "ProgramFiles", "LOCALAPPDATA")
"""Variables that name folders; Inno Setup's installer puts its own below one of them, and never on PATH."""
SIGN_VARIABLE = "ESPALIER_SIGN_WINDOWS"
"""A command that signs one file, which it gets as $f; Inno Setup runs it for the programs, Setup and Uninstall."""
ARCHITECTURES = {"amd64": "x64compatible", "x86_64": "x64compatible", "arm64": "arm64"}
"""Inno Setup's words for what platform.machine() says. x64compatible means Windows on ARM too, which runs them."""
LAST_LINES = 20


def package(bundle: Path, version: str, target: Path) -> Path:
    """Compile the installer.

    Args:
        bundle: the folder of the frozen program.
        target: the .exe to make.

    Raises:
        Problem: there is no compiler, or it failed; its last lines are in the message.
    """
    program = compiler()
    with tempfile.TemporaryDirectory(prefix="espalier-icon-") as folder:
        icon = icons.write_ico(
            Places.here().root / "resources" / "icons" / "espalier.svg", Path(folder) / "espalier.ico"
        )
        command = compile_command(program, bundle, version, target, icon)
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode or not target.is_file():
        last = (done.stdout + done.stderr).splitlines()[-LAST_LINES:]
        raise Problem(
            "Inno Setup could not compile the installer; it said:\n  " + "\n  ".join(last) + "\n",
            f"The script is {script()}.",
        )
    return target


def compiler(environment: Mapping[str, str] = os.environ) -> Path:
    """Raises Problem where Inno Setup is not installed."""
    found = shutil.which(COMPILER, path=environment.get("PATH", ""))
    if found is not None:
        return Path(found)
    for variable in USUAL_PLACES:
        folder = environment.get(variable)
        below = ("Programs", "Inno Setup 6") if variable == "LOCALAPPDATA" else ("Inno Setup 6",)
        if folder and (program := Path(folder, *below, f"{COMPILER}.exe")).is_file():
            return program
    raise Problem(
        f"Inno Setup 6, whose {COMPILER} makes the installer, was found neither on PATH nor where it usually lies.",
        "Install it (winget install JRSoftware.InnoSetup), then build again; the program itself is in dist/espalier.",
    )


def compile_command(program: Path, bundle: Path, version: str, target: Path, icon: Path) -> list[str]:
    """What is run, whole paths in it: the script lies elsewhere."""
    command = [
        str(program),
        "/Qp",
        f"/DVersion={version}",
        f"/DNumericVersion={numeric(version)}",
        f"/DBundle={bundle.absolute()}",
        f"/DIcon={icon.absolute()}",
        f"/DArchitectures={architectures(platform.machine())}",
        f"/O{target.absolute().parent}",
        f"/F{target.stem}",
    ]
    if sign := os.environ.get(SIGN_VARIABLE):
        command += ["/DSign=1", f"/Sespalier={sign}"]
    command.append(str(script()))
    return command


def script() -> Path:
    return Places.here().root / "packaging" / "windows" / "espalier.iss"


def numeric(version: str) -> str:
    """The version as Windows writes it into programs: four numbers, so that the rc1 of 0.2.0rc1 has no place."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    assert numbers is not None, version
    return ".".join([*numbers[0].split("."), "0", "0", "0"][:4])


def architectures(machine: str) -> str:
    """Raises Problem where there is no Windows of that kind."""
    known = ARCHITECTURES.get(machine.lower())
    if known is None:
        raise Problem(f"No installer is made for {machine}.", f"Build on one of: {', '.join(ARCHITECTURES)}.")
    return known


def version_resource(version: str) -> str:
    """What Explorer shows of the programs' files, as PyInstaller's EXE(version=...) reads it from a file."""
    numbers = tuple(int(number) for number in numeric(version).split("."))
    strings = {
        "CompanyName": "Espalier",
        "FileDescription": "Espalier",
        "FileVersion": version,
        "InternalName": "espalier",
        "LegalCopyright": "Apache License 2.0",
        "ProductName": "Espalier",
        "ProductVersion": version,
    }
    rows = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    english, unicode_text = 0x409, 1200
    return (
        "VSVersionInfo(\n"
        f"  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1,"
        " subtype=0x0, date=(0, 0)),\n"
        "  kids=[\n"
        f"    StringFileInfo([StringTable('{english:04X}{unicode_text:04X}', [{rows}])]),\n"
        f"    VarFileInfo([VarStruct('Translation', [{english}, {unicode_text}])]),\n"
        "  ],\n"
        ")\n"
    )
