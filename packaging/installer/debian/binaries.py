"""What the binaries of a bundle ask of the system, as objdump (of binutils, which PyInstaller needs too) reads it."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bootstrap.problem import Problem

ELF = b"\x7fELF"
AT_ONCE = 100
"""Files in one call of objdump."""


@dataclass(frozen=True)
class Binary:
    """One ELF file.

    `needed` are the names it is linked to; `glibc` and `glibcxx` the newest GLIBC_x.y and GLIBCXX_x.y.z that it uses,
    as numbers, empty where it uses none.
    """

    path: Path
    needed: tuple[str, ...]
    glibc: tuple[int, ...] = ()
    glibcxx: tuple[int, ...] = ()


def binaries_in(bundle: Path) -> list[Binary]:
    """Every ELF file of the bundle.

    Raises:
        Problem: objdump is missing or cannot read one.
    """
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path))
    found: list[Binary] = []
    for first in range(0, len(files), AT_ONCE):
        found += _read(files[first : first + AT_ONCE])
    return found


def _is_elf(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(ELF)) == ELF


def _read(files: list[Path]) -> Iterator[Binary]:
    try:
        told = subprocess.run(
            ["objdump", "--private-headers", *map(str, files)],
            env={**os.environ, "LC_ALL": "C"},  # it translates its headings
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise Problem("objdump is missing.", "Install binutils (sudo apt install binutils).") from error
    if told.returncode:
        raise Problem(f"objdump cannot read a file of the bundle: {told.stderr.strip()}", "Build it again.")
    parts = re.split(r"^(.+):\s+file format elf\S*$", told.stdout, flags=re.MULTILINE)[1:]
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        needed = tuple(re.findall(r"^\s+NEEDED\s+(\S+)", text, re.MULTILINE))
        yield Binary(Path(name), needed, _newest("GLIBC", text), _newest("GLIBCXX", text))


def _newest(family: str, text: str) -> tuple[int, ...]:
    """Of the versions that are asked for, in lines such as "    0x069691b4 0x00 08 GLIBC_2.34"."""
    found = re.findall(rf"^\s+0x[0-9a-f]+ 0x[0-9a-f]+ \d+ {family}_(\d+(?:\.\d+)+)$", text, re.MULTILINE)
    return max((tuple(map(int, version.split("."))) for version in found), default=())
