"""What goes into the frozen program and what stays out of it; `espalier.spec` hands it to PyInstaller."""

import sys
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path, PurePath

Entry = tuple[str, str, str]
"""One file as PyInstaller lists it: its place in the bundle, where it comes from, its kind."""

MODULES_OUT = (
    "IPython",
    "PIL",
    "PySide6.QtNetwork",
    "bitsandbytes",
    "datasets",
    "deepspeed",
    "hypothesis",
    "matplotlib",
    "mypy",
    "pandas",
    "pip",
    "pyarrow",
    "pygments",
    "pyqtgraph.examples",
    "pyqtgraph.opengl",
    "pytest",
    "pytestqt",
    "ruff",
    "scipy",
    "setuptools",
    "sklearn",
    "tensorboard",
    "tests",
    "tkinter",
    "torch.utils.tensorboard",
    "torchvision",
    "trl",
    "xdist",
    "zstandard",
)
"""Packages that some library would use if they were there. Espalier never reaches that code."""

FILES_OUT = (
    "torch/bin/[!t]*",
    "torch/bin/test_*",
    "torch/include/*",
    "torch/share/*",
    "torch/test/*",
    "torch/lib/*.a",
    "PySide6/Qt/translations/*",
    "PySide6/Qt/plugins/egldeviceintegrations/*",
    "PySide6/Qt/plugins/generic/*",
    "PySide6/Qt/plugins/networkinformation/*",
    "PySide6/Qt/plugins/tls/*",
    "PySide6/Qt/plugins/platforms/*eglfs*",
    "PySide6/Qt/plugins/platforms/*linuxfb*",
    "PySide6/Qt/plugins/platforms/*minimal*",
    "PySide6/Qt/plugins/platforms/*vkkhrdisplay*",
    "PySide6/Qt/plugins/platforms/*vnc*",
    "PySide6/Qt/lib/libQt6EglF*",
    "PySide6/Qt/lib/libQt6Network*",
    "*.dist-info/direct_url.json",
    "*.dist-info/RECORD",
)
"""Parts that nothing of ours loads: PyTorch's tests and headers, embedded screens, records of this machine."""

INTERPRETER_LIBRARIES = (
    "libbz2.so*",
    "libcrypto.so*",
    "libffi.so*",
    "liblzma.so*",
    "libncursesw.so*",
    "libpython3*.so*",
    "libreadline.so*",
    "libsqlite3.so*",
    "libssl.so*",
    "libtinfo.so*",
    "libuuid.so*",
)
"""What Python itself is linked to: these differ between releases of a system, so they travel with us.

Everything else of the system is asked of the system: a window that brings its own libX11, libGL or libstdc++ breaks on
the next driver, and nobody would update them.
"""

PACKAGE_FOLDERS = ("site-packages", "dist-packages", "lib-dynload")


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """The files that go into the bundle."""
    return [entry for entry in entries if is_kept(*entry)]


def is_kept(place: str, source: str, kind: str) -> bool:
    """Whether this file goes to `place` in the bundle. A link goes where the file goes that it points to."""
    if kind == "SYMLINK":
        return not _is_left_out(place) and not _is_left_out(str(PurePath(place).parent / source))
    return not _is_left_out(place) and not is_of_the_system(source)


def is_of_the_system(source: str) -> bool:
    """Whether a library belongs to the Linux that this runs on, neither to Python nor to a package of it."""
    path = PurePath(source)
    if not sys.platform.startswith("linux") or ".so" not in path.name:
        return False
    if any(folder in path.parts for folder in PACKAGE_FOLDERS):
        return False
    return not any(fnmatch(path.name, pattern) for pattern in INTERPRETER_LIBRARIES)


def _is_left_out(place: str) -> bool:
    spelled = PurePath(place).as_posix()
    return any(fnmatch(spelled, pattern) for pattern in FILES_OUT)


def sources(root: Path) -> list[tuple[str, str]]:
    """Our engine as plain files, for a Python of the user's own that runs it (file, folder in the bundle)."""
    return [
        (str(file), str(PurePath("sources") / file.parent.relative_to(root)))
        for file in sorted((root / "backend").rglob("*.py"))
    ]
