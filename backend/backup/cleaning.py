"""Lets backups go by the rule: into the trash of the disk that they lie on, and only after the user said so."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from backend import files
from backend.backup import checking, retention, rule
from backend.backup.root import Root, home_root, problem_of, second_root
from backend.domain.backup import Backup, Keeps, Place
from backend.domain.version import Condition
from backend.errors import Damaged, Refused, WrongUse
from backend.operations.operations import Recovered
from backend.operations.work import Progress, Steps, Work
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.keeping import BackupsChanged
from backend.settings import BackupSettings
from backend.store.backups import THERE
from backend.store.operations import Unfinished
from backend.store.store import Store


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal keeps of a cleaning up."""

    backups: tuple[str, ...]


class BackupCleaning:
    """For operations of the host."""

    def __init__(
        self,
        home: Home,
        store: Store,
        outbox: Outbox,
        settings: Callable[[], BackupSettings],
        put_away: Callable[[Path, str, str], object],
    ) -> None:
        """`put_away` moves a path into the trash of its file system, given its kind and what it was."""
        self._home = home
        self._store = store
        self._outbox = outbox
        self._settings = settings
        self._put_away = put_away

    def require_going(self, wanted: Sequence[str]) -> list[Backup]:
        """Raises WrongUse where the rule lets one of them stay."""
        stays = self._stays()
        for backup in wanted:
            if reasons := stays.get(self._store.backups.get(backup).id):
                raise WrongUse(
                    f"{backup} stays by the rule: {', '.join(reasons)}.",
                    "`espalier backup cleanup` shows what would go.",
                )
        return rule.in_order([self._store.backups.get(backup) for backup in dict.fromkeys(wanted)])

    def steps(self, backups: Sequence[Backup]) -> Steps:
        """Move these to the trash, one after the other, and bases that nothing needs any more.

        Raises:
            Refused: what stays is not in its place any more, or the facts have changed: nothing more goes.
        """
        gone: list[str] = []
        for backup in backups:
            self.require_going([backup.id])
            relied_on = self._relied_on()
            yield Work(f"moving {backup.id} to the trash", self._going(backup, relied_on))
            with self._store.atomic():
                self._store.backups.put_states(put_away(backup))
                self._store.journal.add("backup to trash", None, backup.id)
            self._outbox.tell(BackupsChanged())
            gone.append(backup.id)
        bases: list[str] = yield Work("looking for bases that nothing needs", self._bases_going())
        text = f"Moved to the trash: {', '.join(gone)}." if gone else "No backup goes by the rule."
        return f"{text} With them went {', '.join(bases)}." if bases else text

    def recover(self, unfinished: Unfinished) -> Recovered:
        """What left one place leaves the other too; what lies in both stays."""
        intent = msgspec.json.decode(unfinished.intent, type=Intent)
        roots = self._roots()
        gone = []
        for known in filter(None, map(self._store.backups.find, intent.backups)):
            wanted = [place for place in Place if _is_there(known, place)]
            if not roots.keys() >= set(wanted) or problem_of(self._home, self._settings()):
                continue  # what cannot be looked at is taken to be there
            there = [place for place in wanted if roots[place].backup(known.path).exists()]
            if wanted and there == wanted:
                continue
            for place in there:
                self._put_away(roots[place].backup(known.path), "backup", known.id)
            with self._store.atomic():
                self._store.backups.put_states(put_away(known))
            gone.append(known.id)
        done = len(gone) == len(intent.backups)
        return Recovered(done=done, text=f"{len(gone)} of {len(intent.backups)} went to the trash, the others stay.")

    def _stays(self) -> dict[str, tuple[Keeps, ...]]:
        return retention.staying(self._home, self._store, self._settings())

    def _relied_on(self) -> list[Backup]:
        """The floor, and the newest copies of what is gone otherwise: because of them others go."""
        stays = self._stays()
        return [one for one in self._store.backups.all() if {Keeps.FLOOR, Keeps.ONLY} & set(stays.get(one.id, ()))]

    def _going(self, backup: Backup, relied_on: Sequence[Backup]) -> Callable[[Progress], None]:
        roots = self._roots()
        wanted = [place for place in Place if _is_there(backup, place)]

        def run(progress: Progress) -> None:
            progress.heed()
            problem = problem_of(self._home, self._settings()) or ("" if Place.SECOND in roots else "none is set")
            if Place.SECOND in wanted and problem:
                raise Refused(f"{backup.id} stays: the second location cannot be reached: {problem}", "Connect it.")
            _require_in_place(roots, relied_on)
            for place in reversed(wanted):  # the second one first: recovery looks at the one at home
                path = roots[place].backup(backup.path)
                if path.exists():
                    self._put_away(path, "backup", backup.id)

        return run

    def _bases_going(self) -> Callable[[Progress], list[str]]:
        roots = self._roots()

        def run(_progress: Progress) -> list[str]:
            gone = []
            for root in roots.values():
                for path in retention.unneeded_bases(root):
                    self._put_away(path, "base", path.name)
                    gone.append(str(path))
            return gone

        return run

    def _roots(self) -> dict[Place, Root]:
        second = second_root(self._settings())
        return {Place.HOME: home_root(self._home), **({} if second is None else {Place.SECOND: second})}


def put_away(backup: Backup) -> Backup:
    """The backup with its copies in the trash."""
    for place in Place:
        state = checking.state_of(backup, place)
        if state is not None and _is_there(backup, place):
            backup = checking.with_state(backup, place, msgspec.structs.replace(state, condition=Condition.TRASH))
    return backup


def _is_there(backup: Backup, place: Place) -> bool:
    state = checking.state_of(backup, place)
    return state is not None and state.condition in THERE


def _require_in_place(roots: Mapping[Place, Root], relied_on: Sequence[Backup]) -> None:
    """What was verified once and is to stay must be there now, in one place at least, its list unaltered."""
    for one in relied_on:
        if not any(_is_listed(root, one) for root in roots.values()):
            raise Refused(
                f"{one.id} is one of the verified backups that are to stay and is not in its place: nothing goes.",
                "`espalier backup verify` says what became of it.",
            )


def _is_listed(root: Root, backup: Backup) -> bool:
    base = backup.card.base
    try:
        files.listed(root.backup(backup.path), backup.sums_sha256)
        if base is not None:
            files.listed(root.base(base), base.sha256)
    except (Damaged, OSError):
        return False
    return True
