"""The page that lies beside the frozen program."""

import sys
from pathlib import Path

from bootstrap.places import Places
from bootstrap.system import table

from installer.torches import Torch

NAME = "README.txt"
TEXT = """\
Espalier {version}

Start it with `{program}`: it opens the window. `{program} --help` lists the commands, `{program} --self-check`
tries everything out in a temporary folder and says what works here. No Python is needed, nothing is sent anywhere.

Inside is {torch}. To train with another one, such as yours for an NVIDIA or AMD GPU, keep this program as it is and
name a Python that has it: in the window under Settings, "Use my own PyTorch", or `{program} runtime use PATH`. It is
tried out before it is accepted.

Your training lies in your own data folder, never in here: replacing or deleting this folder costs nothing.
{needs}
The licences of everything in here stand in LICENSES.txt.
"""
NEEDS = """
A window needs these libraries of the system, which most desktops have. On Debian and Ubuntu:

  sudo apt install {packages}
"""


def write(places: Places, version: str, torch: Torch, target: Path) -> None:
    linux = sys.platform.startswith("linux")
    packages = " ".join(sorted(set(table(places.system_libraries).values()))) if linux else ""
    text = TEXT.format(
        version=version,
        program="./espalier" if sys.platform != "win32" else "espalier.exe",
        torch=torch,
        needs=NEEDS.format(packages=packages) if linux else "",
    )
    target.write_text(text, encoding="utf-8")
