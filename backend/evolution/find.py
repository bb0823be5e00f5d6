"""Which run or example somebody means: by number, folder, name of the file, or the beginning of a hash."""

from collections.abc import Iterable, Sequence

from backend.domain.evolution import EvolutionRun, PanelExample
from backend.errors import WrongUse

NAMED = 5
"""So many candidates are named where several fit."""
SUFFIX = ".jsonl"
LEAST_BEGINNING = 4
"""Fewer characters of a folder's name or a hash are none: the number of a run that is not there must find no other."""


class Ambiguous(WrongUse):
    """Several runs or examples fit what was asked for."""


def find_run(runs: Iterable[EvolutionRun], wanted: str) -> EvolutionRun:
    """The run called so; by its file's name, slug or hash it is the latest one of that file.

    Args:
        wanted: the folder's name, the run's number, the file's name with or without .jsonl, the beginning of the
            folder's name, or of the file's hash.

    Raises:
        WrongUse: there is none.
        Ambiguous: what was given is the beginning of several files' hashes or slugs.
    """
    newest_first = sorted(runs, key=lambda run: run.id, reverse=True)
    exact = [run for run in newest_first if wanted == run.folder] or [
        run for run in newest_first if wanted.isascii() and wanted.isdecimal() and wanted == str(run.id)
    ]
    if exact:
        return exact[0]
    if named := [run for run in newest_first if wanted in (run.dataset_name, run.dataset_name.removesuffix(SUFFIX))]:
        return named[0]
    begun = [
        run
        for run in newest_first
        if len(wanted) >= LEAST_BEGINNING and (run.dataset.startswith(wanted) or run.folder.startswith(wanted))
    ]
    if not begun:
        raise WrongUse(f"There is no run {wanted!r}.", "`espalier evolution list` shows them.")
    if len({run.dataset for run in begun}) > 1:
        raise Ambiguous(f"{wanted!r} may be {_listed([run.folder for run in begun])}.", "Give more of it, or a number.")
    return begun[0]


def find_example(examples: Sequence[PanelExample], wanted: str) -> PanelExample:
    """The example whose id begins so.

    Raises:
        WrongUse: there is none.
        Ambiguous: there are several.
    """
    by_id = {one.example_id: one for one in examples}
    return by_id[find_id(by_id, wanted)]


def find_id(ids: Iterable[str], wanted: str) -> str:
    """The id that begins so. Raises WrongUse where there is none, Ambiguous where there are several."""
    found = [one for one in ids if wanted and one.startswith(wanted.lower())]
    if not found:
        raise WrongUse(f"There is no example {wanted!r}.", "`espalier evolution show RUN` lists those of a run.")
    if len(found) > 1 and wanted.lower() not in found:
        raise Ambiguous(f"{wanted!r} may be {_listed(found)}.", "Give more of the id.")
    return wanted.lower() if wanted.lower() in found else found[0]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return " or ".join(names[:NAMED]) + (f" or {more} more" if more > 0 else "")
