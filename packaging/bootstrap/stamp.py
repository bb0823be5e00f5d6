"""The record of what is installed, by which the next start knows that nothing is to do."""

import enum
import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from bootstrap.places import Places

EXTRAS = ("api",)
"""What pyproject.toml offers beside the necessary, and start.py installs with the application."""


class Layer(enum.StrEnum):
    """What can be installed: the application, and on top of it the tools of its tests or those that build it."""

    APPLICATION = "application"
    TESTS = "tests"
    BUILD = "build"


def wanted(places: Places) -> str:
    """A hash of all that decides what an installation holds: declared packages, exact pins, Python, place."""
    project = tomllib.loads(places.pyproject.read_text(encoding="utf-8"))
    decisive: dict[str, Any] = {
        "build-system": project["build-system"],
        "project": project["project"],
        "extras": EXTRAS,
        "setuptools": project.get("tool", {}).get("setuptools"),
        "constraints": places.constraints.read_text(encoding="utf-8"),
        "python": python_version(),
        "place": str(places.venv),
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def installed(places: Places) -> dict[str, str]:
    """By layer the hash of what was installed; empty where nothing is known."""
    if not places.python.exists() or places.unfinished.exists():
        return {}
    return recorded(places.stamp)


def recorded(path: Path) -> dict[str, str]:
    """The record itself; a missing or unreadable one counts as none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(k): str(v) for k, v in content.items()} if isinstance(content, dict) else {}


def record(places: Places, layers: dict[str, str]) -> None:
    temporary = places.stamp.with_suffix(".tmp")
    temporary.write_text(json.dumps(layers, indent=1) + "\n", encoding="utf-8")
    temporary.replace(places.stamp)
