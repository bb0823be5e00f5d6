"""A version is made of what was trained, with a backup that was loaded; then the way back, and forth again."""

from backend.domain.backup import Backup, BackupType
from backend.domain.head import Head
from backend.domain.version import Condition
from backend.errors import UserError
from backend.host import ask
from backend.protocol import host as p
from backend.protocol import keeping as k
from gui.self_check.bench import Bench
from gui.self_check.talk import Talk


def version(bench: Bench) -> str:
    """Consolidates: merged, measured, read back; the backup before it was verified and loaded by a child of its own."""
    talk = bench.talk
    talk.carry_out(k.Consolidate(name="self-check"))
    made = ask(talk.host, k.ListVersions(), k.VersionsReply).versions[-1]
    gate = made.card.gate
    if gate is None or not gate.passed:
        raise UserError(f"{made.id} was made without passing the merge gate.")
    if talk.head().base != made.id:
        raise UserError(f"The head does not stand on {made.id}, which was made of it.")
    backup = verified_backup(talk)
    return f"{made.id} in {made.card.precision}, merge gate passed; backup {backup.card.id} verified and loaded"


def way_back(bench: Bench) -> str:
    """Undoes the consolidation, restores the version, undoes that: the head is where it was each time."""
    talk = bench.talk
    made = talk.head()
    talk.do(p.UndoTraining())
    before = talk.head()
    if before.checkpoint is None or before.base == made.base:
        raise UserError("The consolidation was undone, and the head does not stand where it stood before.")
    talk.carry_out(k.RestoreVersion(version=str(made.base)))
    require_same(talk.head(), made, "The version was restored")
    talk.do(p.UndoTraining())
    require_same(talk.head(), before, "The restoring was undone")
    return f"undone to {before.base}, {made.base} restored, undone again"


def verified_backup(talk: Talk) -> Backup:
    """The one that every consolidation makes first."""
    backups = ask(talk.host, k.ListBackups(), k.BackupsReply).backups
    found = [backup for backup in backups if backup.card.type is BackupType.PRE_CONSOLIDATION]
    if not found:
        raise UserError("The consolidation made no backup first.")
    copy = found[-1].here
    if copy.condition is not Condition.WHOLE or copy.verified_at is None:
        raise UserError(f"The backup {found[-1].card.id} is not verified. {copy.message}".rstrip())
    if copy.loaded_at is None:
        raise UserError(f"The backup {found[-1].card.id} was not loaded. {copy.message}".rstrip())
    return found[-1]


def require_same(head: Head, wanted: Head, what: str) -> None:
    if (head.base, head.checkpoint) != (wanted.base, wanted.checkpoint):
        raise UserError(f"{what}, and the head stands elsewhere than on {wanted.base}.")
