"""What decides a build: the PyTorch of its environment, its self-check, the time in its files, what it is asked."""

import sys
from pathlib import Path

import pytest
from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.stamp import Layer
from installer import commands, making, readme, self_check, torches
from installer.torches import Torch

PROJECT = Path(__file__).parents[3]
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="a script stands for the program")


def told(tmp_path: Path, text: str) -> Torch:
    (tmp_path / "version.py").write_text(text, encoding="utf-8")
    return torches.described(tmp_path / "version.py")


def test_the_kind_of_pytorch_is_read_from_its_files(tmp_path: Path) -> None:
    assert told(tmp_path, "__version__ = '2.13.0+cpu'\ncuda = None\nhip = None\n") == Torch("2.13.0+cpu", "")
    assert str(told(tmp_path, "__version__ = '2.13.0'\ncuda = '13.0'\n")) == "PyTorch 2.13.0 (CUDA 13.0)"
    assert told(tmp_path, "__version__ = '2.13.0'\ncuda = None\nhip = '7.1'\n").accelerator == "ROCm 7.1"


def test_this_environments_own_is_found() -> None:
    here = Places(Path(sys.prefix).parent, Path(sys.prefix).name)
    assert torches.torch_in(here).version.startswith("2.")


def test_an_environment_without_pytorch_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no PyTorch"):
        torches.torch_in(Places(tmp_path))


def test_the_ordinary_package_refuses_gigabytes_of_cuda() -> None:
    torches.require_cpu(Torch("2.13.0+cpu", ""))
    with pytest.raises(Problem, match="--torch-index"):
        torches.require_cpu(Torch("2.13.0", "CUDA 13.0"))


def test_installed_takes_what_is_there_and_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Places, tuple[Layer, ...]]] = []
    monkeypatch.setattr(
        "bootstrap.environment.prepare", lambda places, *layers, torch_index=None: asked.append((places, layers))
    )
    monkeypatch.setattr("bootstrap.places.Places.here", lambda: Places(tmp_path))
    with pytest.raises(Problem, match="no PyTorch"):
        commands.prepared("installed", None)
    version = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages" / "torch" / "version.py"
    version.parent.mkdir(parents=True)
    version.write_text("__version__ = '2.14.0+cu130'\ncuda = '13.0'\n", encoding="utf-8")
    with pytest.raises(Problem, match="made again, without PyTorch"):
        commands.prepared("installed", None)
    assert version.exists()
    monkeypatch.setattr("bootstrap.environment.is_usable", lambda places: True)
    assert commands.prepared("installed", None) == Places(tmp_path)
    assert commands.prepared("cpu", None) == Places(tmp_path, "build/venv")
    assert [layers for _, layers in asked] == [(Layer.BUILD,), (Layer.APPLICATION, Layer.BUILD)]


def test_the_environment_of_the_build_lies_apart(tmp_path: Path) -> None:
    places = Places(tmp_path, "build/venv")
    assert places.venv == tmp_path / "build" / "venv"
    assert places.lock.parent == places.unfinished.parent == tmp_path / "build"
    assert places.constraints == Places(tmp_path).constraints


def bundle_saying(folder: Path, script: str) -> Path:
    program = self_check.program_in(folder)
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


@posix_only
def test_a_bundle_that_fails_its_own_check_ends_the_build(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="exit status 1"):
        self_check.check(bundle_saying(tmp_path, "exit 1"))


@posix_only
def test_the_check_runs_as_a_user_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/ours")
    monkeypatch.setenv("ESPALIER_HOME", "/mine")
    self_check.check(
        bundle_saying(
            tmp_path, f'[ "$1" = --self-check ] && env > {tmp_path}/seen && [ "$PWD" = "$(realpath "$XDG_DATA_HOME")" ]'
        )
    )
    seen = (tmp_path / "seen").read_text(encoding="utf-8")
    assert "PYTHONPATH" not in seen
    assert "ESPALIER_HOME" not in seen


def test_the_time_of_the_files_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234567890")
    assert making.moment(Places(PROJECT)) == 1234567890


def test_the_page_beside_the_program_names_libraries_and_pytorch(tmp_path: Path) -> None:
    readme.write(Places(PROJECT), "1.2.3", Torch("2.13.0+cpu", ""), tmp_path / readme.NAME)
    text = (tmp_path / readme.NAME).read_text(encoding="utf-8")
    assert "Espalier 1.2.3" in text
    assert "PyTorch 2.13.0+cpu (CPU)" in text
    assert ("libxcb-cursor0" in text) is sys.platform.startswith("linux")


@posix_only
@pytest.mark.parametrize(("accelerator", "is_refused"), [("'13.0'", False), ("None", True)])
def test_the_promised_size_is_that_of_the_ordinary_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accelerator: str, is_refused: bool
) -> None:
    places = Places(tmp_path)
    version = places.venv / "lib" / "python3.11" / "site-packages" / "torch" / "version.py"
    version.parent.mkdir(parents=True)
    version.write_text(f"__version__ = '2.14.0'\ncuda = {accelerator}\n", encoding="utf-8")
    places.pyproject.write_text("[project]\nversion = '1.0.0'\n", encoding="utf-8")
    (places.bundle / "_internal").mkdir(parents=True)
    (places.results / making.SUMS).write_text("of the build before", encoding="utf-8")
    bundle_saying(places.bundle, "exit 0")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234567890")
    monkeypatch.setattr("installer.freeze.freeze", lambda *_: [])
    monkeypatch.setattr("installer.licences.write", lambda *_: None)
    monkeypatch.setattr("installer.readme.write", lambda *_: None)
    monkeypatch.setattr("installer.works.works_in", lambda *_: [])
    monkeypatch.setattr("installer.sizes.UNPACKED_LIMIT", 5)
    build = making.Making(places)
    if is_refused:
        with pytest.raises(Problem, match="too large"):
            build.run(only_bundle=True)
    else:
        build.run(only_bundle=True)
    assert not (places.results / making.SUMS).exists()
