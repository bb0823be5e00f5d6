"""Which program this is, whether its own files came along, and whether it can start a process of its own kind."""

import multiprocessing
import platform
import sqlite3
import sys
from importlib.resources import files as shipped
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import psutil

from backend import files
from backend.errors import Damaged, UserError
from backend.frozen import is_frozen
from backend.health.machine import own_version
from backend.starter import find_gguf
from gui.self_check.bench import Bench, tiny_model

MAGIC = b"GGUF"
NEEDED = ("evolution_viewer.html", "samples/identity.jsonl", "icons/espalier.svg", "icons/start.svg")
FEWEST_ICONS = 30
ANSWER_SECONDS = 40.0
WIDGETS = "PySide6.QtWidgets"
"""PySide6 itself is loaded by every frozen process, before any of our own code."""
REINSTALL = "Install Espalier again."
MB = 1e6


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a process of this program's kind says of itself."""

    pid: int
    children: int
    window: bool
    """Whether it has loaded what windows are made of."""


def versions(_bench: Bench) -> str:
    """Says which program this is; what only the engine knows stands in its own row."""
    try:
        from PySide6.QtCore import qVersion  # its absence is the window's failure, not this row's

        qt = f"Qt {qVersion()}"
    except ImportError:
        qt = "Qt cannot be loaded"
    kind = "installed" if is_frozen() else "from sources"
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return f"Espalier {own_version()}, {kind}; {python}; {qt}; SQLite {sqlite3.sqlite_version}"


def parts(_bench: Bench) -> str:
    """The starter model, samples, icons and the tiny model are there and whole."""
    resources = Path(str(shipped("resources")))
    missing = [name for name in NEEDED if not (resources / name).is_file()]
    if missing:
        raise UserError(f"Files of the program are missing below {resources}: {', '.join(missing)}.", REINSTALL)
    try:
        files.verify(tiny_model())
    except Damaged as error:
        raise UserError(error.message, REINSTALL) from error
    icons = len(list((resources / "icons").glob("*.svg")))
    if icons < FEWEST_ICONS:
        raise UserError(f"Only {icons} icons are in {resources / 'icons'}.", REINSTALL)
    starter = find_gguf()
    with starter.open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            raise UserError(f"{starter} is not the starter model.", REINSTALL)
    return f"starter model ({starter.stat().st_size / MB:.0f} MB), {icons} icons, sample, tiny model"


def processes(_bench: Bench) -> str:
    """A child that Python starts answers and ends, and is neither a second window nor a second self-check."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=answer, args=(there,))
    process.start()
    there.close()
    try:
        said = msgspec.json.decode(here.recv_bytes(), type=Answer) if here.poll(ANSWER_SECONDS) else None
    except EOFError:
        said = None
    process.join(ANSWER_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
    if said is None or process.exitcode != 0:
        raise UserError(
            f"A process that Espalier started as its own child gave no answer (exit status {process.exitcode}).",
            f"{sys.executable} may be kept from starting programs.",
        )
    if said.window or said.children:
        what = "loaded the window" if said.window else f"started {said.children} programs"
        raise UserError(f"A child of Espalier became another Espalier: it {what}.", REINSTALL)
    return f"process {said.pid} answered and ended"


def answer(there: Connection) -> None:
    """What the child does."""
    here = psutil.Process()
    said = Answer(pid=here.pid, children=len(here.children(recursive=True)), window=WIDGETS in sys.modules)
    there.send_bytes(msgspec.json.encode(said))
    there.close()
