"""What stands against deleting a version."""

import datetime

import msgspec
import pytest

from backend.clock import utc_in
from backend.domain.backup import Backup, BackupCard, BackupType, CopyState, Subject
from backend.domain.move import MoveKind
from backend.domain.version import Condition, Version
from backend.versions import records
from backend.versions.deleting import refusal_of
from tests.makers.past import Past
from tests.makers.version_rows import version

A_DAY = 86_400.0


def refusal(past: Past, one: Version) -> str:
    found = refusal_of(past.store, one, end_undo=False)
    return "" if found is None else found.message


def put(past: Past, number: int, created_at: str) -> Version:
    made = version(number, created_at=created_at)
    records.put(past.home, past.store, made)
    return made


def back_up(past: Past, one: Version, content_sha256: str, copy: CopyState) -> None:
    card = BackupCard(
        id=f"b-{content_sha256[:4]}-{copy.condition}-{copy.verified_at}",
        type=BackupType.MANUAL,
        subject=Subject.VERSION,
        of=one.id,
        source="",
        created_at="",
        content_sha256=content_sha256,
        bytes=1,
    )
    past.store.backups.add(Backup(sequence=0, card=card, path="", sums_sha256="", here=copy))


def test_one_of_yesterday_may_go_and_one_of_today_or_tomorrow_may_not(past: Past) -> None:
    assert refusal(past, put(past, 1, utc_in(-A_DAY))) == ""
    assert "made today" in refusal(past, put(past, 2, utc_in(0)))
    assert "made today" in refusal(past, put(past, 3, utc_in(900 * A_DAY)))


def test_a_clock_that_was_behind_does_not_make_a_version_older_than_the_ones_before_it(past: Past) -> None:
    put(past, 1, utc_in(0))
    assert "made today" in refusal(past, put(past, 2, "1970-01-01T00:00:00.000Z"))


@pytest.mark.parametrize("kind", [MoveKind.CONSOLIDATION, MoveKind.RESTORE])
def test_undo_holds_a_version_until_it_is_said_that_it_may_end(past: Past, kind: MoveKind) -> None:
    old = version(1, created_at=utc_in(-3 * A_DAY))
    past.stand_on(old, kind)
    assert "stands on v001" in refusal(past, old)
    past.stand_on(version(2, created_at=utc_in(0)), kind)
    assert "Undo can still lead back" in refusal(past, old)
    assert refusal_of(past.store, old, end_undo=True) is None


def test_a_damaged_one_goes_only_where_a_verified_backup_holds_just_its_bytes(past: Past) -> None:
    damaged = msgspec.structs.replace(put(past, 1, utc_in(-3 * A_DAY)), condition=Condition.DAMAGED)
    now = datetime.datetime.now(datetime.UTC).isoformat()
    whole = CopyState(condition=Condition.WHOLE, verified_at=now)
    assert "no verified backup holds it" in refusal(past, damaged)
    back_up(past, damaged, "f" * 64, whole)
    back_up(past, damaged, damaged.sums_sha256, CopyState(condition=Condition.WHOLE))
    back_up(past, damaged, damaged.sums_sha256, CopyState(condition=Condition.DAMAGED, verified_at=now))
    assert "no verified backup holds it" in refusal(past, damaged)
    back_up(past, damaged, damaged.sums_sha256, whole)
    assert refusal(past, damaged) == ""
