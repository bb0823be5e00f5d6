"""What stays out of the frozen program: the system's libraries, and parts that nothing of ours loads."""

import sys
from pathlib import Path

import pytest
from installer import contents

PROJECT = Path(__file__).parents[3]
ENVIRONMENT = "/home/me/espalier/build/venv/lib/python3.11/site-packages"
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has libraries of a system")


@linux_only
@pytest.mark.parametrize(
    "source",
    [
        "/lib/x86_64-linux-gnu/libxcb-cursor.so.0",
        "/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
        "/usr/lib64/libGL.so.1",
        "/usr/local/cuda-13.0/lib/libcudart.so",
    ],
)
def test_libraries_of_the_system_are_asked_of_the_system(source: str) -> None:
    assert not contents.is_kept(Path(source).name, source, "BINARY")


@linux_only
@pytest.mark.parametrize(
    "source",
    [
        "/usr/lib/x86_64-linux-gnu/libssl.so.3",
        "/root/.pyenv/versions/3.11.7/lib/libpython3.11.so.1.0",
        "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0",
        "/usr/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so",
        f"{ENVIRONMENT}/torch/lib/libtorch_cpu.so",
    ],
)
def test_what_belongs_to_python_and_its_packages_travels_with_us(source: str) -> None:
    assert contents.is_kept(Path(source).name, source, "BINARY")


@pytest.mark.parametrize(
    ("place", "stays"),
    [
        ("torch/bin/torch_shm_manager", True),
        ("torch/bin/protoc", False),
        ("torch/bin/test_api", False),
        ("torch/test/test_nn.py", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", True),
        ("PySide6/Qt/plugins/platforms/libqlinuxfb.so", False),
        ("PySide6/Qt/lib/libQt6Network.so.6", False),
        ("espalier-0.1.0.dist-info/METADATA", True),
        ("espalier-0.1.0.dist-info/direct_url.json", False),
    ],
)
def test_parts_that_nothing_of_ours_loads_stay_out(place: str, stays: bool) -> None:
    assert contents.is_kept(place, f"{ENVIRONMENT}/{place}", "DATA") is stays


def test_a_link_goes_where_its_file_goes() -> None:
    links = {"libQt6Gui.so.6": "PySide6/Qt/lib/libQt6Gui.so.6", "libQt6EglFS.so.6": "PySide6/Qt/lib/libQt6EglFS.so.6"}
    entries = [(place, target, "SYMLINK") for place, target in links.items()]
    assert contents.kept(entries) == entries[:1]


def test_the_engine_lies_there_as_plain_files_too() -> None:
    files = dict(contents.sources(PROJECT))
    assert files[str(PROJECT / "backend" / "engine" / "__main__.py")] == str(Path("sources", "backend", "engine"))
    assert all(place.startswith("sources") for place in files.values())
    assert len(files) == len(list((PROJECT / "backend").rglob("*.py")))
