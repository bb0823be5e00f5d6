"""The .deb: lays the files out, says what they need, and has dpkg-deb pack them."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.system import table

from installer import sizes
from installer.debian.binaries import binaries_in
from installer.debian.depends import Wants, wants
from installer.debian.layout import PREFIX, Source, lay_out, scripts

QT_XCB = "_internal/PySide6/Qt/plugins/platforms/libqxcb.so"
LOADED_BY_NAME = ("libegl1", "libgl1", "libxcb-cursor0")
"""Qt opens the libraries of OpenGL when a window wants them; the cursor's is the one that bare systems lack."""
RECOMMENDED = ("fonts-dejavu-core", "hicolor-icon-theme", "shared-mime-info", "desktop-file-utils", "xdg-utils")
COMPRESSION = ("-Zxz", "-z6")
CONTROL = """\
Package: espalier
Version: {version}
Architecture: {architecture}
Maintainer: The Espalier developers <maintainers@espalier.invalid>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {recommends}
Section: science
Priority: optional
Description: train your own language model day after day
 Espalier is a desktop application for people who own a GPU workstation and
 train their own language model: drop jsonl files of conversations onto the
 window, and one continuing model is trained on them, file after file.
 .
 It shows the loss and what the model answers at every stage, pauses and
 stops at will, keeps versions and verified backups, and can always go back.
 The small starter model and a PyTorch for the CPU are inside; a PyTorch of
 your own for NVIDIA or AMD GPUs can be named in the settings.
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


def package(places: Places, bundle: Path, version: str, target: Path, moment: int, prefix: str = PREFIX) -> Path:
    """Make the package.

    Args:
        moment: seconds since 1970, the time of every file in it: the same bundle makes the same package.

    Raises:
        Problem: a library is of no known package, or dpkg-deb failed.
    """
    wanted = wanted_by(places, bundle)
    with tempfile.TemporaryDirectory(prefix=".debian-", dir=target.parent) as folder:
        root = Path(folder) / "root"
        source = Source(
            bundle,
            places.root / "packaging" / "linux",
            places.root / "resources" / "icons" / "espalier.svg",
        )
        lay_out(source, root, moment, prefix)
        control = root / "DEBIAN"
        control.mkdir()
        scripts(source.files, control, prefix)
        (control / "control").write_text(
            CONTROL.format(
                version=debian_version(version),
                architecture=architecture(),
                kilobytes=sizes.size_of(root) // 1024,
                depends=", ".join(wanted.depends),
                recommends=", ".join([*RECOMMENDED, *wanted.recommends]),
            ),
            encoding="utf-8",
        )
        _build(root, target, moment)
    return target


def wanted_by(places: Places, bundle: Path) -> Wants:
    """What the package of this bundle asks of the system."""
    names = [path.name for path in bundle.rglob("*") if ".so" in path.name]
    return wants(binaries_in(bundle), names, table(places.system_libraries), LOADED_BY_NAME)


def debian_version(version: str) -> str:
    """Python's 0.2.0rc1 comes before 0.2.0, which Debian writes with a tilde."""
    return re.sub(r"\.?(a|b|rc|dev)(\d+)", r"~\1\2", version)


def _build(root: Path, target: Path, moment: int) -> None:
    command = ["dpkg-deb", "--root-owner-group", *COMPRESSION, "--build", str(root), str(target)]
    done = subprocess.run(
        command, env={**os.environ, "SOURCE_DATE_EPOCH": str(moment)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Problem(f"dpkg-deb failed: {done.stderr.strip()}", "The bundle is whole; see what it says.")
