"""Files are named for their concept, say what they are for, and switch no check off."""

import ast
import io
import tokenize
from pathlib import Path, PurePosixPath

import pytest

EMPTY_NAMES = ("util", "helper", "manager", "misc", "common", "stuff")
SWITCHES = ("noqa", "type: ignore", "mypy:", "ruff:", "pragma", "fmt: off", "fmt: skip", "pylint")


def empty_names(path: str, tree: ast.AST) -> list[str]:
    """Names of modules, folders and classes that say nothing."""
    names = [PurePosixPath(path).with_suffix("").as_posix()]
    names += [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return [f"{path}: {name}" for name in names if any(word in name.lower() for word in EMPTY_NAMES)]


def switches(source: str) -> list[str]:
    """Comments that switch a check off."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = (token for token in tokens if token.type == tokenize.COMMENT)
    return [f"{c.start[0]}: {c.string}" for c in comments if any(s in c.string.lower() for s in SWITCHES)]


def says_what_it_is_for(tree: ast.Module) -> bool:
    return len((ast.get_docstring(tree) or "").split()) >= 4


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("backend/utils.py", ""),
        ("backend/helpers/text.py", ""),
        ("gui/window_manager.py", ""),
        ("gui/queue.py", "class QueueManager: pass"),
    ],
)
def test_a_name_that_says_nothing_is_found(path: str, source: str) -> None:
    assert empty_names(path, ast.parse(source))


@pytest.mark.parametrize(
    "comment", ["# noqa", "# noqa: E501", "# type: ignore[arg-type]", "# fmt: off", "#  Type: Ignore"]
)
def test_a_switched_off_check_is_found(comment: str) -> None:
    assert switches(f"x = 1  {comment}\n")


def test_a_text_about_switches_is_none() -> None:
    assert switches("x = '# noqa'  # a word about types\n") == []


def test_a_module_without_a_sentence_is_found() -> None:
    assert not says_what_it_is_for(ast.parse("x = 1"))
    assert not says_what_it_is_for(ast.parse('"""Files."""'))
    assert says_what_it_is_for(ast.parse('"""The one place that writes final files."""'))


def test_every_name_says_something(everything: dict[str, ast.Module]) -> None:
    assert [finding for path, tree in everything.items() for finding in empty_names(path, tree)] == []


def test_every_module_says_what_it_is_for(everything: dict[str, ast.Module]) -> None:
    assert [path for path, tree in everything.items() if not says_what_it_is_for(tree)] == []


def test_no_check_is_switched_off_anywhere(root: Path, everything: dict[str, ast.Module]) -> None:
    found = {path: switches((root / path).read_text(encoding="utf-8")) for path in everything}
    assert {path: lines for path, lines in found.items() if lines} == {}
