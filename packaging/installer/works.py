"""Whose work each file of the bundle is, and the licence texts that came with it."""

import functools
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from bootstrap.places import Places
from bootstrap.problem import Problem

from installer.toc import Bundled

GPL_BELOW_LGPL = ("LGPL-3.0-only.txt", "GPL-3.0-only.txt")
TEXTS_FOR = {
    "PySide6_Essentials": GPL_BELOW_LGPL,
    "shiboken6": GPL_BELOW_LGPL,
    "tokenizers": ("Apache-2.0.txt",),
}
"""For packages that name their licence and carry no text: files of packaging/licences. The LGPL adds to the GPL."""
LICENCE_NAMES = ("licen[cs]e*", "copying*", "notice*")
SHOWN_STRANGERS = 10


@dataclass(frozen=True)
class Work:
    """Somebody's work in the bundle. `licence` is in its own few words; `texts` are in full."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}".strip()


def works_in(places: Places, bundled: Iterable[Bundled]) -> list[Work]:
    """Everybody's work in the bundle, by name; our own is not among them.

    Raises:
        Problem: a file belongs to nobody that is known.
    """
    owners = _files_of_distributions()
    found: dict[str, Work] = {}
    strangers: list[str] = []
    for source in sorted({entry.source for entry in bundled}):
        if _is_ours(places, source):
            continue
        distribution = owners.get(source.resolve())
        if distribution is not None:
            work: Work | None = _of_distribution(places, distribution)
        elif _is_pythons(source):
            work = _of_python()
        else:
            work = _of_the_system(source)
        if work is None:
            strangers.append(str(source))
        else:
            found[work.title] = work
    if strangers:
        raise Problem(
            f"{len(strangers)} files of the bundle belong to no package that is known: "
            + ", ".join(strangers[:SHOWN_STRANGERS]),
            "Leave them out (packaging/installer/contents.py), or teach packaging/installer/works.py whose they are.",
        )
    return sorted(found.values(), key=lambda work: work.title.lower())


def _files_of_distributions() -> dict[Path, Distribution]:
    return {
        Path(str(distribution.locate_file(file))).resolve(): distribution
        for distribution in distributions()
        for file in distribution.files or ()
        if not file.as_posix().endswith(".pyc")
    }


@functools.cache
def _of_distribution(places: Places, distribution: Distribution) -> Work:
    name = distribution.metadata["Name"]
    files = [
        Path(str(distribution.locate_file(file)))
        for file in distribution.files or ()
        if any(file.match(pattern) or file.match(pattern.upper()) for pattern in LICENCE_NAMES)
        and file.suffix not in (".py", ".pyc", ".h")
    ]
    files += [places.licences / name for name in TEXTS_FOR.get(name, ())]
    return Work(name, distribution.version, _licence_of(distribution), _texts(files))


def _licence_of(distribution: Distribution) -> str:
    """In the words of its metadata, of which there are three generations."""
    told = distribution.metadata.json
    if told.get("license_expression"):
        return str(told["license_expression"])
    if told.get("license"):
        return str(told["license"]).partition("\n")[0]
    classifiers = [line for line in told.get("classifier", ()) if line.startswith("License ::")]
    return ", ".join(line.rpartition(" :: ")[2] for line in classifiers)


@functools.cache
def _of_python() -> Work:
    folders = (Path(sysconfig.get_paths()["stdlib"]), Path(sys.base_prefix))
    texts = _texts([folder / "LICENSE.txt" for folder in folders])
    if not texts:  # Debian's own Python keeps it among its documents
        return _of_debian(f"libpython{sys.version_info.major}.{sys.version_info.minor}-stdlib")
    return Work("Python", sys.version.split()[0], "PSF-2.0", texts)


def _of_the_system(source: Path) -> Work | None:
    """A library of Debian or a relative of it; None where nobody can be asked."""
    if shutil.which("dpkg-query") is None:
        return None
    for path in (source, source.resolve()):
        asked = subprocess.run(["dpkg-query", "--search", str(path)], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return _of_debian(asked.stdout.partition(":")[0])
    return None


@functools.cache
def _of_debian(package: str) -> Work:
    asked = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}\n", package], capture_output=True, text=True, check=False
    )
    version = asked.stdout.partition("\n")[0]
    return Work(package, version, "see below", _texts([Path("/usr/share/doc") / package / "copyright"]))


def _is_ours(places: Places, source: Path) -> bool:
    """Sources of this project, and what the build made from them; not what is installed below it."""
    if "site-packages" in source.parts:
        return False
    own = ("backend", "gui", "resources", "packaging", "build", "pyproject.toml", "espalier.egg-info")
    return any(source.is_relative_to(places.root / name) for name in own)


def _is_pythons(source: Path) -> bool:
    if any(folder in source.parts for folder in ("site-packages", "dist-packages")):
        return False
    folders = (sysconfig.get_paths()["stdlib"], sysconfig.get_paths()["platstdlib"])
    return source.name.startswith("libpython") or any(source.is_relative_to(folder) for folder in folders)


def _texts(files: Iterable[Path]) -> tuple[str, ...]:
    """Each text once."""
    texts = [file.read_text(encoding="utf-8", errors="replace").strip() for file in files if file.is_file()]
    return tuple(dict.fromkeys(text for text in texts if text))
