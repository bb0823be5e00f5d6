"""What the engine is told of evolution for a segment: into which folder, which pins, and what to guard."""

import contextlib
import hashlib
import logging
from collections.abc import Callable

import msgspec

from backend import files
from backend.clock import utc_now
from backend.domain.head import Base, Head
from backend.domain.job import Job
from backend.domain.pin import Pin
from backend.errors import Damaged
from backend.evolution import folder as places
from backend.evolution import pins
from backend.evolution.guarded import guarded_runs
from backend.evolution.keeper import EvolutionKeeper
from backend.evolution.snapshot import ANALYSIS, FORGETTING
from backend.paths import Home
from backend.protocol.engine import Mode
from backend.protocol.evolution import EvolutionOrder
from backend.store.store import Store

log = logging.getLogger(__name__)
Notify = Callable[[str, str, int | None], object]
"""Tell the user of an error: text, hint, job."""


class Orders:
    """A training begun anew has a new run; one that goes on has the run that it had."""

    def __init__(self, home: Home, store: Store, notify: Notify) -> None:
        self._home = home
        self._store = store
        self._keeper = EvolutionKeeper(home, store)
        self._notify = notify

    def order(self, job: Job, segment: int, mode: Mode, head: Head, base: Base) -> EvolutionOrder:
        """Remembers the folder with the segment, and puts aside what training that was left had taken.

        Args:
            job: with the step at which the segment begins.
        """
        folder, origin = self._run(job, mode, origin_of(job, head, base))
        folder = self._tidied(folder, segment, job, mode)
        self._store.segments.put_evolution(job.id, segment, folder, origin)
        return EvolutionOrder(
            folder=str(self._home.evolution / folder),
            origin=origin,
            pins=self._pins(job),
            guarded=guarded_runs(self._home, self._store, job.dataset, base.slug),
        )

    def _run(self, job: Job, mode: Mode, origin: str) -> tuple[str, str]:
        """Folder and origin of the run that the segment belongs to."""
        present = self._store.segments.evolution(job.id)
        if present is not None and (mode is not Mode.START or self._has_only_begun(job, present, origin)):
            return present
        return self._new_name(job), origin

    def _new_name(self, job: Job) -> str:
        return places.name_of(job.name, job.dataset, utc_now(), self._taken())

    def _has_only_begun(self, job: Job, present: tuple[str, str], origin: str) -> bool:
        """Whether the same training ended before its first checkpoint, so that its snapshots are this one's."""
        return present[1] == origin and not self._store.segments.has_checkpoint(job.id, present[0])

    def _taken(self) -> set[str]:
        on_disk = set[str]()
        with contextlib.suppress(OSError):  # none is there yet, or nothing can be written there either
            on_disk = {path.name for path in self._home.evolution.iterdir()}
        return on_disk | self._store.segments.evolution_folders()

    def _tidied(self, name: str, segment: int, job: Job, mode: Mode) -> str:
        """The run without what was taken of training that was left; where that is not to be had, a new run.

        So two trainings are never mixed, and a fault of evolution never holds training up.
        """
        try:
            self._put_aside(name, segment, job.step, mode)
        except OSError as error:
            log.warning("Snapshots cannot be put aside: %s", error)
            self._notify(
                f"Earlier snapshots of {job.name} cannot be put aside ({error.strerror}), so it goes on in a new run.",
                f"Mend the rights of {self._home.evolution / name}.",
                job.id,
            )
            return self._new_name(job)
        return name

    def _put_aside(self, name: str, segment: int, step: int, mode: Mode) -> None:
        """Snapshots of later steps were taken of a head that was left; with them goes what was concluded at the end.

        A resume trains the same again, so it keeps them, unless the run had come to its end.
        """
        folder = self._home.evolution / name
        later = {taken: path for taken, path in places.steps(folder).items() if taken > step}
        concluded = [path for path in (folder / ANALYSIS, folder / FORGETTING) if path.is_file()]
        if not (later or concluded) if mode is Mode.CONTINUE else not (later and concluded):
            return
        aside = folder / f"before-segment-{segment}"
        files.make_folder(aside)
        for path in (*later.values(), *concluded):
            files.move(path, aside / path.name)
        self._keeper.put_aside(name, set(later))
        self._keeper.ended(folder)

    def _pins(self, job: Job) -> tuple[Pin, ...]:
        """None of them where their file is damaged: a fault of evolution never holds training up."""
        try:
            return pins.load(self._home.pins)
        except Damaged as error:
            log.warning("%s", error)
            self._notify(error.message, error.hint, job.id)
            return ()


def origin_of(job: Job, head: Head, base: Base) -> str:
    """Equal for trainings that begin alike: the same head, adapter's shape, settings and data."""
    point = head.checkpoint
    parts = (base.sha256, head.adapter, point.sums_sha256 if point else None, job.settings, job.dataset)
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
