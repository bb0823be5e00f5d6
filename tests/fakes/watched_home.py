"""A home whose index knows trainings that were watched, made of files without any training."""

from pathlib import Path

from backend.evolution.keeper import EvolutionKeeper
from backend.paths import Home
from backend.store.store import Store
from tests.fakes.hosting import give_base
from tests.makers.evolution_files import make_run

NAME = "lesson.jsonl"
STEPS = (0, 10, 12)


def give_runs(root: Path, *names: str, odd: bool = False) -> list[Path]:
    """Folders of runs of files called so, numbered from 1, each with 12 examples at `STEPS`."""
    home = Home(root)
    give_base(home)
    folders = [
        make_run(home, name, job=number, steps=STEPS, odd=odd, began=f"2026-11-25T0{number}:00:00.000Z")
        for number, name in enumerate(names, 1)
    ]
    store = Store.open(home)
    keeper = EvolutionKeeper(home, store)
    for folder in folders:
        keeper.catch_up_with(folder.name)
    store.close()
    return folders
