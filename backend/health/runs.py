"""Checks of what lies beside a job's checkpoints: its ledger is the one that they were saved with."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from backend.health.check import Check
from backend.paths import Home
from backend.store.store import Store


class _Mark(msgspec.Struct, frozen=True):
    """How much of the ledger a checkpoint covers."""

    bytes: int
    sha256: str


class _State(msgspec.Struct, frozen=True):
    """The part of trainer_state.json that tells of the ledger."""

    ledger: _Mark


def ledger_checks(home: Home, store: Store) -> Iterator[Check]:
    """Of each job that has one, as far as its newest checkpoint covers it."""
    whole = every = 0
    for job in (*store.jobs.live(), *store.jobs.ended()):
        newest = next((stored.checkpoint for stored in store.checkpoints.standing_of(job.id)), None)
        if newest is None or (mark := _mark(home.root / newest.path)) is None:
            continue
        every += 1
        if _holds(home.ledger(job.id), mark):
            whole += 1
        else:
            text = f"{home.ledger(job.id)} is not what checkpoint {newest.id} recorded of it"
            hint = "The samples that each step trained are told by nothing else; bring it back from a copy."
            yield Check(name=f"ledger {job.name}", ok=False, text=text, hint=hint)
    yield Check(name="ledgers", ok=True, text=f"{whole} of {every} verified")


def _mark(checkpoint: Path) -> _Mark | None:
    """None where it says nothing, or cannot be read: that is a fault of the checkpoint."""
    try:
        return msgspec.json.decode((checkpoint / "trainer_state.json").read_bytes(), type=_State).ledger
    except (OSError, UnicodeError, msgspec.MsgspecError):
        return None


def _holds(ledger: Path, mark: _Mark) -> bool:
    try:
        with ledger.open("rb") as stream:
            kept = stream.read(mark.bytes)
    except OSError:
        return False
    return len(kept) == mark.bytes and hashlib.sha256(kept).hexdigest() == mark.sha256
