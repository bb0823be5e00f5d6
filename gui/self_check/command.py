"""`espalier --self-check [--json]`: tries every part in a temporary home, prints a table, and cleans up."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backend.cli.arguments import JSON
from backend.cli.endings import Endings, Stopped
from backend.cli.output import Output, output_for, spell_what_can_be_shown
from backend.errors import ExitStatus, UserError, WrongUse
from backend.paths import Home
from backend.trash.removal import remove
from gui.self_check.bench import HOME
from gui.self_check.rows import CLEANING, Report, Row, Verdict, not_run
from gui.self_check.table import drawing
from gui.self_check.watching import Watched

if TYPE_CHECKING:
    from rich.console import Console

LOG = "self-check.log"
PREFIX = "espalier-self-check-"


def main(words: Sequence[str]) -> int:
    """Returns the exit status: 0 where everything works. `words` are those beside --self-check."""
    spell_what_can_be_shown()
    output = output_for(JSON in words)
    try:
        if rest := [word for word in words if word != JSON]:
            raise WrongUse(f"--self-check does not know {rest[0]}.", "It takes --json and nothing else.")
        with Endings() as endings:
            report = _check(output, endings)
    except UserError as error:
        output.error(error.message, error.hint)
        return int(error.exit_status)
    except Stopped as error:
        output.error(f"The self-check was stopped by {error}.", "Nothing of it is left.")
        return int(ExitStatus.FAILED)
    output.result(report, drawing(report))
    return int(ExitStatus.DONE if report.ok else ExitStatus.FAILED)


def _check(output: Output, endings: Endings) -> Report:
    """Raises Stopped where a signal came, UserError where nothing can be tried at all."""
    begun = time.monotonic()
    folder = _empty_folder()
    try:
        with _showing(output) as tell:
            rows = _tried(folder, endings, tell)
    except BaseException:
        _removed(folder)
        raise
    if not _has_failed(rows) and (problem := _removed(folder)) is not None:
        rows = (*rows[:-1], problem)
    kept = str(folder) if folder.exists() else None
    return Report(ok=not _has_failed(rows), seconds=time.monotonic() - begun, home=kept, rows=rows)


def _has_failed(rows: Sequence[Row]) -> bool:
    return any(row.verdict is Verdict.FAILED for row in rows)


def _tried(folder: Path, endings: Endings, tell: Callable[[str], object]) -> tuple[Row, ...]:
    """All rows and the last one, about the end of all processes."""
    home = Home(folder / HOME)
    home.create()
    try:
        watched = Watched(folder, home.logs / LOG)
    except OSError as error:
        raise UserError(f"Espalier cannot start itself: {error}.", "Install it again.") from error
    try:
        rows = watched.rows(endings, tell)
        begun = time.monotonic()
        if _has_failed(rows):
            return (*rows, not_run(CLEANING))
        tell(CLEANING)
        wrong = watched.left_behind()
    finally:
        watched.end()
    seconds = time.monotonic() - begun
    if wrong:
        return (*rows, Row(name=CLEANING, verdict=Verdict.FAILED, seconds=seconds, text=f"{'; '.join(wrong)}."))
    return (*rows, Row(name=CLEANING, verdict=Verdict.OK, seconds=seconds, text="all processes ended, home removed"))


def _empty_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=PREFIX))
    except OSError as error:
        raise UserError(
            f"There can be no folder for the self-check: {error}.", "Set TMPDIR to one that may be written."
        ) from error


def _removed(folder: Path) -> Row | None:
    """None where it is gone, else the failed row."""
    try:
        remove(folder)
    except OSError as error:
        text = f"The home of the self-check cannot be removed: {error}."
        return Row(name=CLEANING, verdict=Verdict.FAILED, text=text, hint=f"Delete {folder} yourself.")
    return None


@contextlib.contextmanager
def _showing(output: Output) -> Iterator[Callable[[str], object]]:
    """One line on a terminal that says what is tried now, and is gone afterwards."""
    consoles: list[Console] = []
    output.show(consoles.append)
    if not consoles or not consoles[0].is_terminal:
        yield lambda _name: None
        return
    with consoles[0].status("Starting …") as status:
        yield lambda name: status.update(f"Trying {name} …")
