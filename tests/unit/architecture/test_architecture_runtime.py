"""A Python that the user names is asked for all that the engine's children import, and for nothing else."""

import ast
import sys

from backend.runtime.needs import NEEDED, needs
from tests.unit.architecture.test_architecture_imports import imported


def closure(product: dict[str, ast.Module], start: str) -> tuple[set[str], set[str]]:
    """Our modules that those below `start` bring in, and the top-level names that they import from elsewhere."""
    waiting = [path for path in product if path.startswith(start)]
    seen: set[str] = set()
    foreign: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for _, name in imported(product[path]):
            if not name.startswith("backend."):
                foreign.add(name.partition(".")[0])
                continue
            for module in (name, name.rpartition(".")[0]):
                base = module.replace(".", "/")
                waiting += [one for one in (f"{base}.py", f"{base}/__init__.py") if one in product]
    return seen, foreign


def test_what_the_children_import_is_what_is_asked_for(product: dict[str, ast.Module]) -> None:
    _, foreign = closure(product, "backend/engine/")
    assert foreign - sys.stdlib_module_names == set(NEEDED)


def test_every_need_has_the_bounds_of_the_project() -> None:
    assert {need.name: need.floor for need in needs()}["torch"] == "2.9"
    assert {need.name: need.spec for need in needs()}["psutil"] == "psutil"


def test_an_import_inside_a_function_is_followed() -> None:
    product = {
        "backend/engine/a.py": ast.parse("def f():\n    from backend import b"),
        "backend/b.py": ast.parse("import strange"),
    }
    assert closure(product, "backend/engine/") == ({"backend/engine/a.py", "backend/b.py"}, {"strange"})
