"""Imports run one way: gui to backend, and torch, transformers and peft stay in the engine."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

TRAINING = frozenset({"torch", "transformers", "peft", "accelerate"})
WINDOW = frozenset({"PySide6", "shiboken6", "pyqtgraph"})


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of every import, those inside functions and those by name included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__"):
            name = node.args[0] if node.args else None
            yield node.lineno, name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else "?"


def called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def wrong_way(path: str, tree: ast.AST) -> list[str]:
    """What `path` imports although it must not."""
    return [f"{path}:{line} imports {name}" for line, name in imported(tree) if forbidden(path, name)]


def forbidden(path: str, name: str) -> bool:
    top = name.partition(".")[0]
    in_engine = path.startswith("backend/engine/")
    in_backend = path.startswith("backend/")
    return (
        top in ("", "?", "tests", "bootstrap")  # relative, unknown, or not part of the product
        or (top in TRAINING and not in_engine)
        or (top in WINDOW and not path.startswith("gui/"))
        or (top == "gui" and in_backend)
        or (name.startswith(("backend.engine", "safetensors.torch")) and not in_engine)
    )


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("backend/queue/x.py", "import gui.app"),
        ("backend/queue/x.py", "from gui import app"),
        ("backend/service.py", "import torch"),
        ("backend/service.py", "def f():\n    from torch.nn import Linear"),
        ("gui/app.py", "import transformers as t"),
        ("gui/app.py", "from importlib import import_module\nimport_module('peft')"),
        ("gui/app.py", "from backend.engine.training import loop"),
        ("gui/app.py", "import importlib\nimportlib.import_module(name)"),
        ("backend/service.py", "from PySide6.QtCore import QObject"),
        ("backend/engine/x.py", "import pyqtgraph"),
        ("backend/files.py", "from . import errors"),
        ("backend/files.py", "from tests.conftest import tiny_model"),
    ],
)
def test_an_import_in_the_wrong_direction_is_found(path: str, source: str) -> None:
    assert wrong_way(path, ast.parse(source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("gui/app.py", "from backend.service import Service\nimport pyqtgraph"),
        ("backend/engine/x.py", "import torch\nfrom backend.engine.device import pick"),
        ("backend/service.py", "import msgspec\nfrom backend.domain.job import Job"),
    ],
)
def test_an_import_in_the_right_direction_passes(path: str, source: str) -> None:
    assert wrong_way(path, ast.parse(source)) == []


def test_every_import_of_the_product_runs_in_the_right_direction(product: dict[str, ast.Module]) -> None:
    assert [finding for path, tree in product.items() for finding in wrong_way(path, tree)] == []


LAYERS = {
    "backend/errors.py": frozenset[str](),
    "backend/domain/": frozenset({"backend.errors", "backend.domain"}),
    "backend/protocol/": frozenset({"backend.errors", "backend.domain", "backend.protocol", "backend.settings"}),
    "backend/files.py": frozenset({"backend.errors", "backend.read_ahead", "backend.read_back"}),
    "backend/read_": frozenset(),
}
"""What the lowest layers may know of the project."""


def too_high(path: str, tree: ast.AST) -> list[str]:
    """What a module of the lowest layers imports from above."""
    allowed = next((names for prefix, names in LAYERS.items() if path.startswith(prefix)), None)
    if allowed is None:
        return []
    own = [name for _, name in imported(tree) if name.partition(".")[0] == "backend"]
    return [f"{path} imports {name}" for name in own if not any(f"{name}.".startswith(f"{a}.") for a in allowed)]


def test_a_low_layer_that_reaches_up_is_found() -> None:
    assert too_high("backend/domain/job.py", ast.parse("from backend.store import jobs"))
    assert too_high("backend/files.py", ast.parse("from backend.domain.job import Job"))


def test_domain_and_protocol_know_only_what_lies_below_them(product: dict[str, ast.Module]) -> None:
    assert [finding for path, tree in product.items() for finding in too_high(path, tree)] == []


LATE = frozenset({"pyqtgraph", "sqlite_utils", "sqlite3"})
"""What the window loads only after its first paint (each costs start time)."""


def loaded_with(module: str) -> set[str]:
    """Names of the top-level packages that importing `module` brings into a fresh process."""
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_what_a_module_loads_is_seen() -> None:
    assert {"backend", "msgspec"} <= loaded_with("backend.domain.job")


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("gui.app", TRAINING | LATE),
        ("backend.service", TRAINING | WINDOW),
        ("backend.cli.main", TRAINING | WINDOW),
    ],
)
def test_a_host_starts_without_what_it_does_not_use(module: str, absent: frozenset[str]) -> None:
    assert loaded_with(module) & absent == set()
