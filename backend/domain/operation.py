"""A long piece of work on artefacts: journaled, with progress, safely cancelled, before or after but never between."""

import enum

import msgspec


class OperationKind(enum.StrEnum):
    CONSOLIDATE = "consolidate"
    RESTORE = "restore"
    """A version becomes the head."""
    DELETE = "delete"
    VERIFY = "verify"
    EXPORT = "export"
    BACKUP = "backup"
    RESTORE_BACKUP = "restore-backup"
    CLEANUP = "cleanup"
    RESTORE_TRASH = "restore-trash"
    """What was deleted lies where it lay before."""


class OperationState(enum.StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the journal. Times UTC, ISO 8601."""

    id: int
    kind: OperationKind
    subject: str
    """What it is about, for people: v001, head, 3 backups."""
    state: OperationState = OperationState.RUNNING
    step: str = ""
    """What it does now, in words."""
    steps: tuple[str, ...] = ()
    """All that it does, in order and in words, where that is known beforehand."""
    done: int = 0
    """Of `total`, bytes as a rule, in this step; 0 of 0 where that is not known."""
    total: int = 0
    cancelling: bool = False
    text: str = ""
    """At its end: what was done, or what happened and why."""
    hint: str = ""
    exit_status: int = 0
    """At its end, as the command line returns it."""
    begun_at: str = ""
    ended_at: str | None = None
