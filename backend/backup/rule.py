"""Which backups stay: a rule over facts, which never trusts a clock for the order of things."""

import datetime
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from backend.domain.backup import Backup, CopyState, Keeps, Subject
from backend.domain.version import Condition

FLOOR = 3
"""So many newest verified ones stay under any rule (safety.md, rule 5)."""


def going(stays: Mapping[str, tuple[Keeps, ...]], backups: Sequence[Backup]) -> tuple[str, ...]:
    """Ids of those that nothing keeps, oldest first."""
    return tuple(one.id for one in in_order(backups) if not stays.get(one.id))


def staying(
    backups: Sequence[Backup],
    keep_days: int,
    now: datetime.datetime,
    needed: AbstractSet[str],
    lost: AbstractSet[str],
    joined: Mapping[str, str],
) -> dict[str, tuple[Keeps, ...]]:
    """Why each backup that stays does so, by its id.

    Args:
        backups: all that are there.
        now: the user's own time, with its zone.
        needed: SHA-256 of the SHA256SUMS of all that the head stands on or that undo can reach.
        lost: ids of those whose original is not whole in its place any more.
        joined: by id, a name that backups share whose files are one on the disk; none for all others.
    """
    ordered = in_order(backups)
    verified = [one for one in ordered if is_verified(one)]
    made = _made_at_least(ordered, now)
    oldest = now - datetime.timedelta(days=keep_days)
    by_reason = {
        Keeps.YOUNG: {one.id for one in ordered if made[one.id] > oldest},
        Keeps.FLOOR: _newest(verified, joined),
        Keeps.TODAY: {one.id for one in ordered if _day(made[one.id], now) >= now.date()},
        Keeps.HEAD: {one.id for one in ordered if contents_of(one) & needed},
        Keeps.ONLY: _only(verified, lost),
        Keeps.UNVERIFIED: {one.id for one in ordered if not is_verified(one)},
    }
    found: dict[str, tuple[Keeps, ...]] = {}
    for reason, ids in by_reason.items():
        for backup in ids:
            found[backup] = (*found.get(backup, ()), reason)
    return found


def in_order(backups: Sequence[Backup]) -> list[Backup]:
    """Oldest first."""
    return sorted(backups, key=lambda one: one.sequence)


def is_verified(backup: Backup) -> bool:
    """Whether one of its copies was read back whole, and has loaded where there is a model in it (safety.md, 13)."""
    return any(copy is not None and is_verified_copy(backup, copy) for copy in (backup.here, backup.second))


def is_verified_copy(backup: Backup, copy: CopyState) -> bool:
    loads = copy.loaded_at is not None or backup.card.subject is Subject.EVOLUTION
    return copy.condition is Condition.WHOLE and copy.verified_at is not None and loads


def contents_of(backup: Backup) -> set[str]:
    """What it can bring back, by the hashes that the database knows artefacts by."""
    point = None if backup.card.head is None else backup.card.head.checkpoint
    return {backup.card.content_sha256, *(() if point is None else (point.sums_sha256,))}


def _newest(verified: Sequence[Backup], joined: Mapping[str, str]) -> set[str]:
    """The last three; of those that are one on the disk the newest counts."""
    kept: dict[str, str] = {}
    for one in reversed(verified):
        kept.setdefault(joined.get(one.id, one.id), one.id)
        if len(kept) == FLOOR:
            break
    return set(kept.values())


def _only(verified: Sequence[Backup], lost: AbstractSet[str]) -> set[str]:
    """Of everything that is gone otherwise, the newest copy."""
    return set({one.card.content_sha256: one.id for one in verified if one.id in lost}.values())


def _made_at_least(ordered: Sequence[Backup], now: datetime.datetime) -> dict[str, datetime.datetime]:
    """When each was made, at the earliest: not before what was made earlier, whatever the clock said.

    A time that is still to come proves a wrong clock: it counts as now, and for nothing else.
    """
    found = {}
    latest = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    for one in ordered:
        said = datetime.datetime.fromisoformat(one.card.created_at)
        if said > now:
            found[one.id] = now
        else:
            latest = max(latest, said)
            found[one.id] = latest
    return found


def _day(moment: datetime.datetime, now: datetime.datetime) -> datetime.date:
    return moment.astimezone(now.tzinfo).date()
