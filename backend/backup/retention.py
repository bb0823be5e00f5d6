"""Gathers the facts that the rule of staying needs, and answers what there is, what stays, and what would go."""

from pathlib import Path

from backend import files
from backend.backup import copying, rule
from backend.backup.folder import CONTENT
from backend.backup.root import SHORT_HASH, Root, home_root, problem_of, second_root
from backend.clock import local_now
from backend.domain.backup import Backup, Keeps, Subject
from backend.domain.head import Head
from backend.domain.version import Condition
from backend.head import reach
from backend.paths import Home
from backend.protocol.keeping import BackupsReply
from backend.settings import BackupSettings
from backend.store import checkpoints
from backend.store.store import Store


def answer_backups(home: Home, store: Store, settings: BackupSettings) -> BackupsReply:
    """All backups, oldest first, with the rule's word on each."""
    backups = store.backups.all()
    stays = staying(home, store, settings)
    going = rule.going(stays, backups)
    problem = problem_of(home, settings)
    roots = [home_root(home)]
    if (second := second_root(settings)) is not None and not problem:
        roots.append(second)
    return BackupsReply(
        backups=tuple(backups),
        going=going,
        staying=tuple(stays.get(one.id, ()) for one in backups),
        bases=tuple(str(path) for root in roots for path in unneeded_bases(root)),
        second_location=settings.second_location,
        second_problem=problem,
    )


def staying(home: Home, store: Store, settings: BackupSettings) -> dict[str, tuple[Keeps, ...]]:
    """By id, why each backup stays."""
    backups = store.backups.all()
    return rule.staying(
        backups,
        settings.keep_days,
        local_now(),
        needed_by_head(store),
        {one.id for one in backups if is_lost(home, store, one)},
        joined(home_root(home), backups),
    )


def needed_by_head(store: Store) -> set[str]:
    """SHA-256 of the SHA256SUMS of all checkpoints and models that the head stands on, undo or redo can reach."""
    return {digest for head in reach.heads(store) for digest in _needs(store, head)}


def _needs(store: Store, head: Head) -> set[str]:
    base = None if head.base is None else store.bases.find(head.base)
    found = set() if base is None else {base.sha256}
    return found if head.checkpoint is None else found | {head.checkpoint.sums_sha256}


def is_lost(home: Home, store: Store, backup: Backup) -> bool:
    """Whether what it is a copy of is not whole in its place any more, as far as is known without reading it all."""
    card = backup.card
    match card.subject:
        case Subject.VERSION:
            version = store.versions.find(card.of)
            return (
                version is None or version.condition is not Condition.WHOLE or not (home.root / version.path).is_dir()
            )
        case Subject.BASE:
            base = store.bases.find(card.of)
            return base is None or base.sha256 != card.content_sha256 or not (home.root / base.path).is_dir()
        case Subject.HEAD | Subject.CHECKPOINT:
            number = card.head.checkpoint.id if card.head is not None and card.head.checkpoint else int(card.of)
            if not store.checkpoints.known(number):
                return True
            stored = store.checkpoints.get(number)
            whole = stored.condition is checkpoints.Condition.WHOLE
            return not whole or not (home.root / stored.checkpoint.path).is_dir()
        case Subject.DAILY:
            return card.of not in {one.day for one in store.dailies.all()}
        case Subject.EVOLUTION:
            return not (home.evolution / card.of).is_dir()


def joined(root: Root, backups: list[Backup]) -> dict[str, str]:
    """Backups that share a file on the disk: no program of ours makes such, but others that save space do.

    Returns:
        By id, one id for all that are joined, if only through others.
    """
    groups: dict[str, set[str]] = {backup.id: {backup.id} for backup in backups}
    owners: dict[tuple[int, int], str] = {}
    for backup in backups:
        for path in (root.backup(backup.path) / CONTENT).rglob("*"):
            status = path.lstat()
            if path.is_file() and status.st_nlink > 1:
                owner = owners.setdefault((status.st_dev, status.st_ino), backup.id)
                if owner not in groups[backup.id]:
                    together = groups[owner] | groups[backup.id]
                    groups |= dict.fromkeys(together, together)
    return {one: min(together) for one, together in groups.items() if len(together) > 1}


def unneeded_bases(root: Root) -> list[Path]:
    """Bases that no backup in the root, or in its trash, refers to. What is not named as ours are belongs to others."""
    if not root.bases.is_dir():
        return []
    needed = copying.needed_bases(root)
    return sorted(path for path in root.bases.iterdir() if path not in needed and _is_ours(path))


def _is_ours(base: Path) -> bool:
    """A base is named after the hash of its list of files."""
    try:
        return base.name.endswith(f"-{files.sha256(base / files.SUMS)[:SHORT_HASH]}")
    except OSError:
        return False
