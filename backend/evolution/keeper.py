"""Keeps the index of evolution in step with the files: one by one as they come, and all that were missed."""

import hashlib
import logging
from pathlib import Path

import msgspec

from backend.domain.evolution import EvolutionRun
from backend.domain.snapshot import Snapshot
from backend.errors import Damaged, UserError
from backend.evolution import folder as places
from backend.evolution.snapshot import ANALYSIS, FORGETTING, decoded
from backend.paths import Home
from backend.store.store import Store

log = logging.getLogger(__name__)


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in the files; `damaged` says of each file that was passed over why."""

    runs: int
    snapshots: int
    damaged: tuple[UserError, ...]


class EvolutionKeeper:
    """Writes the index. Doing anything twice equals doing it once."""

    def __init__(self, home: Home, store: Store) -> None:
        self._home = home
        self._store = store

    def record(self, path: Path, sha256: str | None = None) -> EvolutionRun:
        """Index a snapshot's file.

        Args:
            sha256: what its writer says of it; None takes it as it is.

        Raises:
            Damaged: it is not the snapshot that its name says, or not what was written.
        """
        with self._store.atomic():
            return self._store.evolution.get(self._record(path, sha256, {}))

    def ended(self, folder: Path) -> EvolutionRun | None:
        """The run's analysis is written; None where the run has no snapshot."""
        with self._store.atomic():
            run = self._store.evolution.find(folder.name)
            if run is None:
                return None
            self._store.evolution.put_ended(run, (folder / ANALYSIS).is_file())
            known = self._store.evolution.endings(run)
            new = {name: folder / name for name in (ANALYSIS, FORGETTING) if name not in known}
            sums = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in new.items() if path.is_file()}
            self._store.evolution.put_endings(run, sums)
            return self._store.evolution.get(run)

    def catch_up(self) -> None:
        """After a host that ended between a file and its row; rows whose files are gone are dropped."""
        try:
            folders = places.runs(self._home.evolution)
        except OSError as error:
            log.warning("%s cannot be read, so the index of evolution stays as it is: %s", self._home.evolution, error)
            return
        for folder in folders:
            self.catch_up_with(folder.name)
        there = {folder.name for folder in folders}
        for name in {file.folder for file in self._store.evolution.files()} - there:
            self.catch_up_with(name)

    def catch_up_with(self, name: str) -> list[EvolutionRun]:
        """Like `catch_up`, for one folder; returns its run once for each file that was indexed."""
        folder = self._home.evolution / name
        try:
            on_disk = places.steps(folder)
        except OSError as error:
            log.warning("%s cannot be read, so its rows stay as they are: %s", folder, error)
            return []
        with self._store.atomic():
            known = self._known(name)
            self._drop(name, known - set(on_disk))
            caught = []
            for step in sorted(on_disk.keys() - known):
                try:
                    caught.append(self.record(on_disk[step]))
                except (UserError, OSError) as error:
                    log.warning("%s is not indexed: %s", on_disk[step], error)
            self.ended(folder)
        return caught

    def put_aside(self, name: str, steps: set[int]) -> None:
        """Take snapshots that no longer belong to the run out of the index."""
        with self._store.atomic():
            run = self._store.evolution.find(name)
            if run is not None:
                self._store.evolution.drop_snapshots(run, steps)

    def rebuild(self) -> Rebuilt:
        """Make the index again from the files alone; runs that it knows keep their numbers."""
        damaged: list[UserError] = []
        with self._store.atomic():
            numbers = {run.folder: run.id for run in self._store.evolution.all()}
            endings = {folder: self._store.evolution.endings(run) for folder, run in numbers.items()}
            self._store.evolution.clear()
            for folder in places.runs(self._home.evolution):
                for path in places.steps(folder).values():
                    try:
                        self._record(path, None, numbers)
                    except UserError as error:
                        damaged.append(error)
                    except OSError as error:
                        damaged.append(Damaged(f"{path} cannot be read ({error.strerror}).", "Mend its rights."))
                if (run := self._store.evolution.find(folder.name)) is not None:
                    self._store.evolution.put_endings(run, endings.get(folder.name, {}))
                self.ended(folder)
            found = self._store.evolution.all()
        return Rebuilt(runs=len(found), snapshots=sum(len(run.steps) for run in found), damaged=tuple(damaged))

    def _record(self, path: Path, sha256: str | None, numbers: dict[str, int]) -> int:
        content = path.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        snapshot = decoded(content, path)
        _require_place(snapshot, path)
        index = self._store.evolution
        run = index.find(snapshot.run)
        known = {file.step: file.sha256 for file in index.files(run)} if run is not None else {}
        expected = known.get(snapshot.training_step, sha256 or found)
        if found != expected:
            raise Damaged(f"{path} is not the file that was written.", "Bring it back from a backup.")
        if run is None:
            run = index.add_run(snapshot, places.begun_at(snapshot.run), numbers.get(snapshot.run))
        if snapshot.training_step not in known:
            index.add_snapshot(run, snapshot, path.name, found)
        return run

    def _known(self, name: str) -> set[int]:
        run = self._store.evolution.find(name)
        return set() if run is None else {file.step for file in self._store.evolution.files(run)}

    def _drop(self, name: str, steps: set[int]) -> None:
        if steps:
            gone = ", ".join(str(step) for step in sorted(steps))
            log.warning("Snapshots of %s are gone and leave the index: steps %s.", name, gone)
            self.put_aside(name, steps)


def _require_place(snapshot: Snapshot, path: Path) -> None:
    """Raises Damaged where a file lies under another name than its own."""
    if (snapshot.run, places.place(path.parent, snapshot.training_step)) != (path.parent.name, path):
        raise Damaged(f"{path} holds the snapshot {snapshot.snapshot_id}.", "Move it back to its place.")
