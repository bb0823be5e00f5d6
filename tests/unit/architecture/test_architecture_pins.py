"""Everything that is installed is pinned, and what start.py installs by name is what the product expects."""

import importlib.metadata
import itertools
import re
import tomllib
from pathlib import Path

import pytest

from backend import starter


def pins(text: str) -> dict[str, str]:
    """Package names in their normal form, each with its exact version.

    Raises:
        ValueError: a line pins nothing.
    """
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.]*)", line)
            if match is None:
                raise ValueError(f"not an exact pin: {line}")
            found[normal(match[1])] = match[2]
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture
def constraints(root: Path) -> dict[str, str]:
    return pins((root / "packaging" / "constraints.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", ["torch", "torch>=2", "torch==2.*", "torch==2.13.0+cpu", "torch==2.13.0  # why"])
def test_a_line_that_pins_nothing_is_found(line: str) -> None:
    with pytest.raises(ValueError, match="not an exact pin"):
        pins(line)


def test_torch_is_the_version_that_was_decided(constraints: dict[str, str]) -> None:
    assert constraints["torch"] == "2.13.0"


def test_every_declared_package_is_pinned(root: Path, constraints: dict[str, str]) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = itertools.chain(project["dependencies"], *project["optional-dependencies"].values())
    names = {normal(re.split(r"[^A-Za-z0-9._-]", requirement)[0]) for requirement in declared}
    assert names - set(constraints) == set()


def test_every_pin_is_installed_as_it_says(constraints: dict[str, str]) -> None:
    there = {normal(found.name): found.version.partition("+")[0] for found in importlib.metadata.distributions()}
    differing = {name: there[name] for name, version in constraints.items() if name in there and there[name] != version}
    assert differing == {}


def test_the_starter_model_is_the_pinned_package(constraints: dict[str, str]) -> None:
    name, _, version = starter.REQUIREMENT.partition("==")
    assert constraints[normal(name)] == version
