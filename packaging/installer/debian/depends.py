"""Which Debian packages bring the libraries that a bundle asks of the system."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from bootstrap.problem import Problem

from installer.debian.binaries import Binary

LIBC = (
    "ld-linux*.so*",
    "libc.so.6",
    "libdl.so.2",
    "libm.so.6",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libutil.so.1",
)
OPTIONAL = {"*/plugins/platformthemes/libqgtk3.so": "libgtk-3-0"}
"""Parts that Qt does without where the system lacks their libraries, and the package that brings these."""
RENAMED = {"libglib2.0-0": "libglib2.0-0t64", "libgtk-3-0": "libgtk-3-0t64"}
"""Since Debian 13 and Ubuntu 24.04. The new ones provide the old names, yet not everywhere with a version."""

LIBSTDCXX = "libstdc++.so.6"
GCC_OF_GLIBCXX: dict[tuple[int, ...], str] = {
    (3, 4, 26): "9",
    (3, 4, 27): "9.2",
    (3, 4, 28): "9.3",
    (3, 4, 29): "11",
    (3, 4, 30): "12",
    (3, 4, 31): "13",
    (3, 4, 32): "13.2",
    (3, 4, 33): "14",
    (3, 4, 34): "15",
}
"""The release whose C++ library has it first, which is its package's version too. Source: GCC's manual, ABI policy."""


@dataclass(frozen=True)
class Wants:
    """Fields of a package: what it cannot do without, and what is installed with it unless somebody declines."""

    depends: tuple[str, ...]
    recommends: tuple[str, ...]


def wants(binaries: Iterable[Binary], bundled: Iterable[str], table: Mapping[str, str], always: Iterable[str]) -> Wants:
    """Args:
        bundled: names of the files that travel with us.
        table: packages by library (packaging/system-libraries.txt).
        always: packages that are loaded by name only when they are needed, so that no file is linked to them.

    Raises:
        Problem: a library is neither bundled nor known, or newer than what we know of.
    """
    inside = set(bundled)
    packages = set(always)
    optional: set[str] = set()
    glibc: tuple[int, ...] = ()
    glibcxx: tuple[int, ...] = ()
    unknown: dict[str, Path] = {}
    for binary in binaries:
        glibc = max(glibc, binary.glibc)
        glibcxx = max(glibcxx, binary.glibcxx)
        spare = [package for pattern, package in OPTIONAL.items() if fnmatch(binary.path.as_posix(), pattern)]
        optional.update(spare)
        for name in binary.needed:
            if spare or name in inside or any(fnmatch(name, pattern) for pattern in LIBC):
                continue
            if name in table:
                packages.add(table[name])
            else:
                unknown.setdefault(name, binary.path)
    if unknown:
        raise Problem(
            "Nobody knows which package brings "
            + ", ".join(f"{name} (needed by {path.name})" for name, path in sorted(unknown.items()))
            + ".",
            "Add them to packaging/system-libraries.txt (`dpkg -S` names the package), or leave those files out.",
        )
    libc = f"libc6 (>= {'.'.join(map(str, glibc))})" if glibc else "libc6"
    least = {table[LIBSTDCXX]: _gcc_for(glibcxx)} if LIBSTDCXX in table else {}
    spelled = [_spelled(package, least.get(package)) for package in sorted(packages)]
    return Wants((libc, *spelled), tuple(map(_spelled, sorted(optional))))


def _gcc_for(glibcxx: tuple[int, ...]) -> str | None:
    """The version that its package must have; None where every system that has our libc6 has a newer one."""
    if glibcxx > max(GCC_OF_GLIBCXX):
        raise Problem(
            f"The bundle asks for GLIBCXX_{'.'.join(map(str, glibcxx))} of the C++ library.",
            "Add the GCC that has it to packaging/installer/debian/depends.py.",
        )
    return GCC_OF_GLIBCXX.get(glibcxx)


def _spelled(package: str, least: str | None = None) -> str:
    if least is not None:
        return f"{package} (>= {least})"
    return f"{RENAMED[package]} | {package}" if package in RENAMED else package
