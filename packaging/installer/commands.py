"""`packaging/build.py`: makes the environment of the build, then has `making` run in it."""

import argparse
import os
import subprocess
from collections.abc import Sequence

from bootstrap import environment
from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.say import say
from bootstrap.stamp import Layer

from installer import torches

BUILD_ENVIRONMENT = "build/venv"
INSTALLED_ENVIRONMENT = ".venv"


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="build.py", description="Builds what users of this system install, into dist/, and checks it."
    )
    options.add_argument(
        "--torch",
        choices=("cpu", "installed"),
        default="cpu",
        help="cpu: a CPU build in an environment of the build's own; installed: whatever is in .venv (CUDA, ROCm)",
    )
    options.add_argument(
        "--torch-index",
        metavar="URL",
        help="where pip finds PyTorch's CPU builds; on Linux the usual registry has CUDA builds only",
    )
    options.add_argument("--only-bundle", action="store_true", help="stop after the self-check; make no packages")
    return options


def main(arguments: Sequence[str]) -> int:
    """Build. Returns the exit status: 0 where everything was made and its self-check passed."""
    chosen = parser().parse_args(arguments)
    try:
        places = prepared(chosen.torch, chosen.torch_index)
        torch = torches.torch_in(places)
        if chosen.torch == "cpu":
            torches.require_cpu(torch)
        say(f"Building with {torch}.")
        return _make_in(places, chosen.only_bundle)
    except Problem as problem:
        say(f"\n{problem.message}\n{problem.hint}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. The next build begins again; what was installed for it is kept.")
        return 130


def prepared(torch: str, torch_index: str | None) -> Places:
    root = Places.here().root
    if torch == "cpu":
        places = Places(root, BUILD_ENVIRONMENT)
        environment.prepare(places, Layer.APPLICATION, Layer.BUILD, torch_index=torch_index)
        return places
    places = Places(root, INSTALLED_ENVIRONMENT)
    torches.torch_in(places)  # what is there is what was chosen: nothing may replace it
    if not environment.is_usable(places):
        raise Problem(
            f"{places.venv} was not set up to its end, or by another Python: it would be made again, without PyTorch.",
            "Set it up with `python3 start.py setup`, put your PyTorch into it, and build again.",
        )
    environment.prepare(places, Layer.BUILD)
    return places


def _make_in(places: Places, only_bundle: bool) -> int:
    """In a process of the environment, which has what the build needs."""
    command = [str(places.python), "-m", "installer.making", places.environment]
    if only_bundle:
        command.append("--only-bundle")
    inside = {**os.environ, "PYTHONPATH": str(places.root / "packaging")}
    return subprocess.run(command, cwd=places.root, env=inside, check=False).returncode
