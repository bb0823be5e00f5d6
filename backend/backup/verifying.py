"""Verifies backups in both places, records what it found, and makes up what the second location lacks."""

from collections.abc import Callable, Generator, Sequence
from typing import Any

from backend.backup import checking, copying
from backend.backup.root import Root, home_root, problem_of, second_root
from backend.backup.rule import is_verified_copy
from backend.backup.second import SecondLocation
from backend.domain.backup import Backup, CopyState, Place
from backend.domain.version import Condition
from backend.errors import Damaged
from backend.operations.work import Progress, Steps, Work
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.keeping import BackupsChanged
from backend.settings import BackupSettings
from backend.store.backups import THERE
from backend.store.store import Store


class BackupVerifying:
    """For operations of the host."""

    def __init__(
        self,
        home: Home,
        store: Store,
        outbox: Outbox,
        settings: Callable[[], BackupSettings],
        means: copying.Means,
        second: SecondLocation,
    ) -> None:
        self._home = home
        self._store = store
        self._outbox = outbox
        self._settings = settings
        self._means = means
        self._second = second

    def steps(self, backups: Sequence[Backup]) -> Steps:
        """Verify every copy of these, and make up what the second location lacks.

        Raises:
            Damaged: not all of them are whole; the message names the files. All were looked at.
        """
        wrong: list[str] = []
        copies = 0
        for backup in backups:
            for place in self.places_of(backup):
                state, problem = yield from self.check(backup, place)
                if problem or not is_verified_copy(backup, state):
                    wrong.append(problem or state.message)
                copies += 1
        wanted = {one.id for one in backups}
        made_up = yield from self._second.make_up([one for one in self._second.lacking() if one.id in wanted])
        if wrong:
            raise Damaged(" ".join(wrong), "`espalier backup list` shows which copies are whole.")
        text = f"{copies} copies of {len(backups)} backups were read back from disk and loaded; all are whole."
        return f"{text} {made_up} more were made in the second location." if made_up else text

    def places_of(self, backup: Backup) -> list[Place]:
        """Where a copy of it is, as far as is known."""
        found = []
        for place in Place:
            state = checking.state_of(backup, place)
            if state is not None and state.condition in THERE:
                found.append(place)
        return found

    def check(self, backup: Backup, place: Place) -> Generator[Work, Any, tuple[CopyState, str]]:
        """Look at one copy and record its state; returns it, and why it could not be looked at, if so."""
        before = checking.state_of(backup, place) or CopyState(condition=Condition.GONE)
        settings = self._settings()
        root = self.root_of(place)

        def problem_now() -> str:
            if root is None:
                return "no second location is set"
            return problem_of(self._home, settings) if place is Place.SECOND else ""

        def run(progress: Progress) -> tuple[CopyState, str]:
            problem, state = problem_now(), before
            if root is not None and not problem:
                state = checking.check(root, backup, before, self._means, progress)
                if state.condition is Condition.WHOLE:
                    return state, ""
                problem = problem_now()  # a disk that went away meanwhile says nothing of what lies on it
            if problem:
                return before, f"{backup.id} cannot be looked at in the second location: {problem}"
            return state, ""

        state, problem = yield Work(f"verifying {backup.id}", run)
        if not problem:
            self.record(backup.id, place, state)
        return state, problem

    def root_of(self, place: Place) -> Root | None:
        return home_root(self._home) if place is Place.HOME else second_root(self._settings())

    def record(self, backup: str, place: Place, state: CopyState) -> None:
        """What one copy is like now; the row may have changed meanwhile in the other place alone."""
        known = self._store.backups.find(backup)
        if known is None:
            return
        with self._store.atomic():
            self._store.backups.put_states(checking.with_state(known, place, state))
            if state.condition is Condition.DAMAGED:
                self._store.journal.add("damaged", None, state.message)
        self._outbox.tell(BackupsChanged())
