"""Apple's signature and notarisation: done where the environment names an identity, else skipped and said.

Without them macOS opens the application only after its user has allowed it in the system's settings.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap.problem import Problem
from bootstrap.say import say

IDENTITY_VARIABLE = "ESPALIER_SIGN_MACOS"
"""The certificate's name, such as "Developer ID Application: Jane Doe (ABCDE12345)", in a keychain that is open."""
NOTARY_VARIABLE = "ESPALIER_NOTARY_PROFILE"
"""What `xcrun notarytool store-credentials` was told to call the account."""
ANYBODY = "-"
"""codesign's word for a signature without an identity, which Apple's processors ask of every program."""
LAST_LINES = 30


def identity(environment: Mapping[str, str] = os.environ) -> str | None:
    """Who signs; None where nobody does. For PyInstaller's EXE(codesign_identity=...), which signs all libraries."""
    return environment.get(IDENTITY_VARIABLE) or None


def sign(application: Path, entitlements: Path) -> None:
    """Seal the application anew after something was put into it; the libraries inside keep the signature they have.

    Raises:
        Problem: codesign failed.
    """
    who = identity()
    if who is None:
        say(f"  {IDENTITY_VARIABLE} is not set: the application is not signed, and macOS will ask before it opens it.")
    _run(sign_command(application, entitlements, who))
    if who is not None:
        _run(("codesign", "--verify", "--deep", "--strict", str(application)))


def sign_command(application: Path, entitlements: Path, who: str | None) -> tuple[str, ...]:
    if who is None:
        return ("codesign", "--force", "--sign", ANYBODY, "--entitlements", str(entitlements), str(application))
    hardened = ("--options", "runtime", "--timestamp", "--entitlements", str(entitlements))
    return ("codesign", "--force", "--sign", who, *hardened, str(application))


def sign_image(image: Path) -> None:
    """Raises Problem where codesign failed."""
    who = identity()
    if who is not None:
        _run(("codesign", "--force", "--sign", who, "--timestamp", str(image)))


def notarise(image: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Have Apple look at the image, wait for its answer, and fasten that to the image.

    Raises:
        Problem: Apple refused, or could not be asked.
    """
    profile = environment.get(NOTARY_VARIABLE)
    if identity(environment) is None or not profile:
        say(f"  {NOTARY_VARIABLE} or {IDENTITY_VARIABLE} is not set: the image is not notarised.")
        return
    _run(("xcrun", "notarytool", "submit", str(image), "--keychain-profile", profile, "--wait", "--timeout", "1h"))
    _run(("xcrun", "stapler", "staple", str(image)))


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except FileNotFoundError as error:
        raise Problem(
            f"{command[0]} is missing.", "Build on macOS with Apple's command line tools: xcode-select --install"
        ) from error
    if done.returncode:
        last = "\n  ".join(done.stdout.splitlines()[-LAST_LINES:])
        what = " ".join(command[:3] if command[0] == "xcrun" else command[:1])
        raise Problem(f"{what} failed; it said:\n  {last}\n", f"Look at {IDENTITY_VARIABLE} and {NOTARY_VARIABLE}.")
