"""Each call of the durable layer that makes something durable is taken out once: some test must fail (safety.md)."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.loops import CHOSEN

PROJECT = Path(__file__).parents[2]
LAYER = Path("backend/files.py")
TESTS = "tests/unit/test_files.py"
SYNCS = ("_fsync", "os.fsync", "sync_file", "sync_folder")


def without_one(source: str) -> list[tuple[int, str]]:
    """The line of each call that is a statement by itself, and the whole text without it."""
    lines = source.splitlines(keepends=True)
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in SYNCS:
            line = lines[node.lineno - 1]
            left = [*lines[: node.lineno - 1], f"{line[: node.col_offset]}pass\n", *lines[node.lineno :]]
            found.append((node.lineno, "".join(left)))
    return found


def test_every_sync_of_the_layer_is_found() -> None:
    source = (PROJECT / LAYER).read_text()
    assert len(without_one(source)) == sum(source.count(f"{name}(") - source.count(f"def {name}(") for name in SYNCS)


@pytest.mark.skipif(not CHOSEN, reason="runs a file of tests a dozen times; start.py test --faults does")
def test_no_sync_can_be_taken_out_unnoticed(tmp_path: Path) -> None:
    for folder in ("backend", "gui", "resources", "packaging", "tests/unit", "tests/fakes", "tests/drivers"):
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copyfile(PROJECT / name, tmp_path / name)
    unnoticed = []
    for line, text in without_one((PROJECT / LAYER).read_text()):
        (tmp_path / LAYER).write_text(text)
        command = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", TESTS)
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stdout
        if done.returncode == 0:
            unnoticed.append(line)
    assert not unnoticed, f"{LAYER} without the call in one of these lines passes all its tests: {unnoticed}"
