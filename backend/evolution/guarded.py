"""The latest panels of other files, which the forgetting guard looks at after a job."""

from collections.abc import Iterator

from backend.domain.evolution import EvolutionRun
from backend.domain.job import JobState
from backend.domain.snapshot import Source
from backend.errors import WrongUse
from backend.paths import Home
from backend.protocol.evolution import GuardedExample, GuardedRun
from backend.store.store import Store

MOST = 10


def guarded_runs(home: Home, store: Store, dataset: str, base: str) -> tuple[GuardedRun, ...]:
    """The latest run of each other file that was trained into this base and is still stored, newest first.

    Into a version everything was trained that is in it or in one that it descends from. What was undone is no part
    of the head, so nothing of it can be forgotten.
    """
    found: list[GuardedRun] = []
    seen = {dataset}
    inherited = _jobs_inside(store, base)
    for run in store.evolution.all():
        if run.dataset in seen or not (run.base == base or run.job in inherited) or _is_undone(store, run):
            continue
        seen.add(run.dataset)
        path = home.dataset(run.dataset)
        examples = tuple(_examples(store, run))
        if path.is_file() and examples:
            found.append(
                GuardedRun(
                    run=run.folder,
                    dataset=run.dataset,
                    dataset_name=run.dataset_name,
                    dataset_path=str(path),
                    examples=examples,
                )
            )
        if len(found) == MOST:
            break
    return tuple(found)


def _jobs_inside(store: Store, base: str) -> set[int]:
    """Jobs whose training is part of a version's weights; none where the base is no version."""
    version = store.versions.find(base)
    chain = () if version is None else (*version.card.lineage, version.id)
    cards = [found.card for name in chain if (found := store.versions.find(name)) is not None]
    return {job.job for card in cards for job in card.jobs}


def _is_undone(store: Store, run: EvolutionRun) -> bool:
    try:
        return store.jobs.get(run.job).state is JobState.UNDONE
    except WrongUse:  # files may come from a home whose jobs are not known here
        return False


def _examples(store: Store, run: EvolutionRun) -> Iterator[GuardedExample]:
    """Rows of the run's own file, each with the loss that it was last scored with."""
    figures = store.evolution.figures(run.id)[::-1]
    for place, one in enumerate(store.evolution.examples(run.id)):
        known = (each.losses[place] for each in figures if place < len(each.losses))
        loss = next((loss for loss in known if loss is not None), None)
        if loss is not None and one.source is Source.DATASET and one.dataset == run.dataset:
            yield GuardedExample(example_id=one.example_id, line=one.line, loss=loss)
