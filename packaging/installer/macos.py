"""Makes the disk image for macOS: puts the papers into the application, has it signed, and packs it."""

import plistlib
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.say import say

from installer import signing
from installer.windows import numeric

APPLICATION = "Espalier.app"
PAPERS = ("LICENSES.txt", "README.txt")
LAST_LINES = 20


def package(bundle: Path, version: str, target: Path) -> Path:
    """Pack the application that PyInstaller made beside `bundle`.

    Args:
        bundle: the folder of the frozen program, whose papers go into the application.
        version: must be what the application says of itself.
        target: the .dmg to make.

    Raises:
        Problem: there is no such application, or a step failed.
    """
    application = application_beside(bundle)
    require_version(application, version)
    resources = application / "Contents" / "Resources"
    for name in PAPERS:
        shutil.copy2(bundle / name, resources / name)
    signing.sign(application, entitlements())
    _run(("bash", str(folder() / "dmg.sh"), str(application), str(target)), "The disk image was not made")
    signing.sign_image(target)
    signing.notarise(target)
    return target


def application_beside(bundle: Path) -> Path:
    """Raises Problem where there is none."""
    application = bundle.with_name(APPLICATION)
    if not (application / "Contents" / "Info.plist").is_file():
        raise Problem(f"There is no {APPLICATION} beside {bundle}.", "Build on macOS: PyInstaller makes it there only.")
    return application


def require_version(application: Path, version: str) -> None:
    """Raises Problem where the application was made from another one."""
    told = plistlib.loads((application / "Contents" / "Info.plist").read_bytes())
    found = told.get("CFBundleShortVersionString")
    if found != short(version):
        raise Problem(f"{application} is of version {found}, and {short(version)} is packed.", "Build anew.")


def information(version: str) -> dict[str, Any]:
    """What Info.plist says, for PyInstaller's BUNDLE(info_plist=...)."""
    told: dict[str, Any] = plistlib.loads((folder() / "Info.plist").read_bytes())
    return told | {"CFBundleShortVersionString": short(version), "CFBundleVersion": short(version)}


def short(version: str) -> str:
    """Three numbers: macOS reads no other version."""
    return ".".join(numeric(version).split(".")[:3])


def entitlements() -> Path:
    """Why each stands there: docs/packaging.md. The file itself has no comments, on which older systems stumble."""
    return folder() / "entitlements.plist"


def folder() -> Path:
    return Places.here().root / "packaging" / "macos"


def _run(command: Sequence[str], trouble: str) -> None:
    say(f"  {command[0]} {Path(command[1]).name}")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        last = "\n  ".join(done.stdout.splitlines()[-LAST_LINES:])
        raise Problem(f"{trouble}; {Path(command[1]).name} said:\n  {last}\n", "The application itself is in dist/.")
