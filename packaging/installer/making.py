"""The steps of a build, one after the other, in the build's environment; tells how long each took, and sizes."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.say import say

from installer import archive, freeze, licences, macos, readme, self_check, sizes, torches, windows, works
from installer.debian import package
from installer.toc import Bundled

Made = TypeVar("Made")
SUMS = "SHA256SUMS"


class Making:
    """One build."""

    def __init__(self, places: Places) -> None:
        self._places = places
        project = tomllib.loads(places.pyproject.read_text(encoding="utf-8"))["project"]
        self._version: str = project["version"]
        self._moment = moment(places)
        self._took: list[tuple[str, float]] = []

    def run(self, only_bundle: bool) -> None:
        """Raises Problem where a step failed; what came before it is left in dist/ to look at."""
        places = self._places
        (places.results / SUMS).unlink(missing_ok=True)  # of the build before
        bundled = self._step("Freezing the program", lambda: freeze.freeze(places, places.results, places.workshop))
        self._step("Collecting licences", lambda: self._add_papers(bundled))
        self._tell_sizes()
        self._step("The frozen program's self-check", lambda: self_check.check(places.bundle))
        made = [] if only_bundle else self._packages()
        if not torches.torch_in(places).accelerator:  # the promise is the ordinary package's
            self._require_sizes(made)
        if made:
            lines = [f"{digest(path)}  {path.name}\n" for path in made]
            (places.results / SUMS).write_text("".join(lines), encoding="utf-8")
        say("")
        for name, seconds in self._took:
            say(f"{seconds:8.0f} s  {name}")
        for path in (places.bundle, *made):
            say(f"{sizes.size_of(path) / 1e6:8.0f} MB {path.relative_to(places.root)}")

    def _add_papers(self, bundled: Sequence[Bundled]) -> None:
        places = self._places
        licences.write(places, works.works_in(places, bundled), places.bundle / licences.NAME)
        torch = torches.torch_in(places)
        readme.write(places, self._version, torch, places.bundle / readme.NAME)

    def _tell_sizes(self) -> None:
        for part in sizes.largest(self._places.bundle):
            say(f"  {part}")

    def _packages(self) -> list[Path]:
        places, version, bundle = self._places, self._version, self._places.bundle
        stem = f"espalier-{version}-{SYSTEMS[sys.platform]}-{processor()}"
        if sys.platform == "win32":
            setup = places.results / f"{stem}-setup.exe"
            return [self._step("Making the installer", lambda: windows.package(bundle, version, setup))]
        if sys.platform == "darwin":
            image = places.results / f"{stem}.dmg"
            return [self._step("Making the disk image", lambda: macos.package(bundle, version, image))]
        packed = places.results / f"{stem}.tar.zst"
        made = [self._step("Packing the archive", lambda: archive.pack(bundle, packed, self._moment))]
        if shutil.which("dpkg-deb") is None:
            say("There is no dpkg-deb here, so no package for Debian is made.")
            return made
        debian = places.results / package.file_name(version)
        made.append(
            self._step(
                "Making the package for Debian",
                lambda: package.package(places, bundle, version, debian, self._moment),
            )
        )
        return made

    def _require_sizes(self, made: Sequence[Path]) -> None:
        package = next((path for path in made if path.suffix in (".deb", ".exe", ".dmg")), None)
        heavy = sizes.too_large(self._places.bundle, package)
        if heavy:
            raise Problem(
                f"The results are too large: {'; '.join(heavy)}.",
                "packaging/installer/contents.py says what stays out; the largest parts are listed above.",
            )

    def _step(self, name: str, work: Callable[[], Made]) -> Made:
        say(f"{name} ...")
        began = time.monotonic()
        made = work()
        self._took.append((name, time.monotonic() - began))
        return made


SYSTEMS = {"linux": "linux", "win32": "windows", "darwin": "macos"}


def processor() -> str:
    """One name on all systems: Windows says AMD64 where the others say x86_64."""
    machine = platform.machine().lower()
    return "x86_64" if machine == "amd64" else machine


def moment(places: Places) -> int:
    """The time of all files in the packages: SOURCE_DATE_EPOCH, else the commit's, else now."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    asked = subprocess.run(
        ["git", "-C", str(places.root), "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    )
    return int(asked.stdout) if asked.returncode == 0 else int(time.time())


def digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def main(arguments: Sequence[str]) -> int:
    environment, *options = arguments
    try:
        Making(Places(Places.here().root, environment)).run("--only-bundle" in options)
    except Problem as problem:
        say(f"\n{problem.message}\n{problem.hint}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
