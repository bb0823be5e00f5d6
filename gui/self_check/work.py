"""The child that tries the parts one after the other, and tells of each; its standard input closed ends it."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from backend import settings
from backend.errors import UserError
from backend.supervisor import order
from backend.supervisor.order import Tell
from gui.self_check.bench import Bench, step_into
from gui.self_check.rows import TASKS, Began, Ended, Order, Row, Task, Verdict, not_run

log = logging.getLogger(__name__)
Look = Callable[[Bench], str]
"""Tries one part; returns what was seen working, raises UserError where it does not work."""


def main() -> int:
    """Returns the exit status: 0 where all rows were told, whatever they found."""
    wanted, tell = order.taken(Order)
    folder = Path(wanted.folder)
    step_into(folder)
    bench = Bench(folder)
    bench.home.create()
    settings.put(bench.home, "power.keep_awake", "false")
    try:
        _try_all(bench, tell)
    finally:
        bench.close()
    return 0


def _try_all(bench: Bench, tell: Tell) -> None:
    parts = looks()
    failed: set[str] = set()
    for task in TASKS:
        if failed.intersection(task.needs):
            row = not_run(task.name)
        else:
            tell(Began(name=task.name))
            row = _tried(task, parts[task.name], bench)
        if row.verdict is not Verdict.OK:
            failed.add(task.name)
        tell(Ended(row=row))


def _tried(task: Task, look: Look, bench: Bench) -> Row:
    begun = time.monotonic()
    verdict, hint = Verdict.OK, ""
    try:
        text = look(bench)
    except UserError as error:
        verdict, text, hint = Verdict.FAILED, error.message, error.hint
    except Exception as error:
        log.exception("A bug ended %s.", task.name)  # where no host keeps a log yet, standard error is one
        verdict, text = Verdict.FAILED, f"Espalier made a mistake: {type(error).__name__}: {error}"
        hint = "Please report it with the log."
    return Row(name=task.name, verdict=verdict, seconds=time.monotonic() - begun, text=text, hint=hint)


def looks() -> dict[str, Look]:
    from gui.self_check import engine, home, keeping, program, training  # bring libraries: what is told first is ours

    return {
        "program": program.versions,
        "files": program.parts,
        "processes": program.processes,
        "window": _window,
        "database": home.database,
        "engine": engine.engine,
        "preview": engine.preview,
        "training": training.training,
        "exactness": training.exactness,
        "version": keeping.version,
        "way back": keeping.way_back,
        "home": home.whole,
    }


def _window(bench: Bench) -> str:
    """Where Qt's libraries are missing, that is what its row says."""
    try:
        from gui.self_check.window import window
    except ImportError as error:
        raise UserError(
            f"What windows are made of cannot be loaded: {error}.", "`espalier doctor` names what is missing."
        ) from error
    return window(bench)
