"""Tests mirror the sources, have names of their own, and wait for conditions, never for time."""

import ast
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest


def bare_waits(tree: ast.AST) -> list[int]:
    """Lines that wait for time: a sleep outside a loop that looks for something, or Qt's wait without a condition."""
    looped = {id(node) for loop in ast.walk(tree) if isinstance(loop, ast.While | ast.For) for node in ast.walk(loop)}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (ast.unparse(node.func) in ("time.sleep", "sleep") and id(node) not in looped)
            or ast.unparse(node.func) in ("qtbot.wait", "QTest.qWait")
        )
    ]


def checks_nothing(function: ast.FunctionDef) -> bool:
    """Whether a test has no assertion, expects no error, and calls nothing that waits for or checks something."""
    calls = (ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call))
    checks = any(word in call for call in calls for word in ("raises", "wait", "verify", "assert", "check", "require"))
    return not checks and not any(isinstance(node, ast.Assert) for node in ast.walk(function))


def written_in(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.fixture(scope="session")
def written(everything: dict[str, ast.Module]) -> dict[str, ast.Module]:
    return {path: tree for path, tree in everything.items() if PurePosixPath(path).name.startswith("test_")}


@pytest.mark.parametrize("source", ["time.sleep(1)", "qtbot.wait(100)", "def test_x():\n    sleep(2)"])
def test_waiting_for_time_is_found(source: str) -> None:
    assert bare_waits(ast.parse(source))


def test_waiting_for_a_condition_passes() -> None:
    assert bare_waits(ast.parse("while not ready():\n    time.sleep(0.05)\nqtbot.waitUntil(ready)")) == []


def test_a_test_that_cannot_fail_is_found() -> None:
    (idle,) = written_in(ast.parse("def test_x():\n    print(train())"))
    assert checks_nothing(idle)
    (checking,) = written_in(ast.parse("def test_x():\n    with pytest.raises(ValueError):\n        train()"))
    assert not checks_nothing(checking)


def test_no_test_waits_for_time(written: dict[str, ast.Module]) -> None:
    found = {path: bare_waits(tree) for path, tree in written.items()}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_every_test_can_fail(written: dict[str, ast.Module]) -> None:
    idle = [(path, test.name) for path, tree in written.items() for test in written_in(tree) if checks_nothing(test)]
    assert idle == []


def test_every_test_file_has_a_name_of_its_own(written: dict[str, ast.Module]) -> None:
    names = Counter(PurePosixPath(path).name for path in written)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_unit_test_lies_where_its_source_lies(root: Path) -> None:
    sources = {path.relative_to(root / top) for top in ("backend", "gui") for path in (root / top).rglob("*")}
    sources |= {path.relative_to(root / "packaging") for path in (root / "packaging").rglob("*")}
    folders = {
        path.parent.relative_to(root / "tests" / "unit") for path in (root / "tests" / "unit").rglob("test_*.py")
    }
    own = {Path(), Path("architecture"), Path("gui")}
    lost = {folder for folder in folders - own if folder not in sources and Path(*folder.parts[1:]) not in sources}
    assert lost == set()
