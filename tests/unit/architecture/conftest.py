"""The project's own sources as syntax trees, for tests that read them."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def product() -> dict[str, ast.Module]:
    """Every module that ships, by its path such as backend/files.py."""
    modules = read("backend", "gui", "resources")
    assert len(modules) > 30
    return modules


@pytest.fixture(scope="session")
def everything(product: dict[str, ast.Module]) -> dict[str, ast.Module]:
    """Every module of the project: what ships, what sets it up, and its tests."""
    return {**product, **read("packaging", "tests"), "start.py": ast.parse((ROOT / "start.py").read_text("utf-8"))}


def read(*folders: str) -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
