"""The .deb: lays the files out, says what they need, and has dpkg-deb pack them."""

import os
import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.system import table

from installer.debian import control
from installer.debian.binaries import binaries_in
from installer.debian.depends import Wants, wants
from installer.debian.layout import Facts, Sources, lay_out

MAINTAINER = "The Espalier developers <maintainers@espalier.invalid>"
PREFIX = "/opt/espalier"
PATIENCE_SECONDS = 150
LOADED_BY_NAME = ("libegl1", "libgl1", "libxcb-cursor0")
"""Qt opens the libraries of OpenGL when a window wants them; the cursor's is the one that bare systems lack."""
COMPRESSION = ("-Zzstd", "-z9")
"""346 MB, packed in 22 s and unpacked in 1; xz makes 307 MB, in 7 minutes and 23 s. (Two cores; zstd -3: 369 MB, 3 s.)

Every system whose C library is new enough for the program has a dpkg that reads it: Debian 12, Ubuntu 22.04.
"""


def architecture() -> str:
    """As dpkg calls this machine.

    Raises:
        Problem: there is no dpkg.
    """
    if shutil.which("dpkg-deb") is None:
        raise Problem("dpkg-deb is missing.", "It makes the package; install dpkg, or build with --only-bundle.")
    told = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def file_name(version: str) -> str:
    """As Debian names packages."""
    return f"espalier_{debian_version(version)}_{architecture()}.deb"


def package(
    places: Places,
    bundle: Path,
    version: str,
    target: Path,
    moment: int,
    prefix: str = PREFIX,
    patience: int = PATIENCE_SECONDS,
) -> Path:
    """Make the package. It has its name only once it is whole; the same bundle makes the same package.

    Args:
        moment: seconds since 1970, the time of every file in it.
        prefix: where the program goes.
        patience: seconds that a running Espalier has to save in before an upgrade or removal gives up.

    Raises:
        Problem: a library is of no known package, or dpkg-deb failed.
    """
    machine = architecture()
    wanted = wanted_by(places, bundle)
    date = format_datetime(datetime.fromtimestamp(moment, UTC))
    facts = Facts(debian_version(version), MAINTAINER, date, prefix, patience)
    sources = Sources.of(places, bundle)
    with tempfile.TemporaryDirectory(prefix=".debian-", dir=target.parent) as folder:
        root = Path(folder) / "root"
        lay_out(sources, facts, root, moment)
        control.write(root / "DEBIAN", root, sources.files, facts, machine, wanted)
        _built(root, Path(folder) / target.name, moment).replace(target)
    return target


def wanted_by(places: Places, bundle: Path) -> Wants:
    """What the package of this bundle asks of the system."""
    names = [path.name for path in bundle.rglob("*") if ".so" in path.name]
    return wants(binaries_in(bundle), names, table(places.system_libraries), LOADED_BY_NAME)


def debian_version(version: str) -> str:
    """Python's 0.2.0rc1 comes before 0.2.0, which Debian writes with a tilde."""
    return re.sub(r"\.?(a|b|rc|dev)(\d+)", r"~\1\2", version)


def _built(root: Path, target: Path, moment: int) -> Path:
    command = ["dpkg-deb", "--root-owner-group", *COMPRESSION, "--build", str(root), str(target)]
    done = subprocess.run(
        command, env={**os.environ, "SOURCE_DATE_EPOCH": str(moment)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Problem(f"dpkg-deb failed: {done.stderr.strip()}", "The bundle is whole; see what it says.")
    return target
