"""Which backups stay: small models of histories, with clocks that lie."""

import datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from backend.backup import rule
from backend.domain.backup import Backup, BackupCard, BackupType, CopyState, Keeps, Subject
from backend.domain.version import Condition

NOW = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC)
VERIFIED = CopyState(
    condition=Condition.WHOLE, verified_at="2026-01-01T00:00:00.000Z", loaded_at="2026-01-01T00:00:00.000Z"
)


def backup(sequence: int, age_days: float = 365.0, here: CopyState = VERIFIED, content: str = "") -> Backup:
    """The `sequence`-th one, made so many days before NOW by its clock."""
    created = NOW - datetime.timedelta(days=age_days)
    card = BackupCard(
        id=f"b{sequence}",
        type=BackupType.MANUAL,
        subject=Subject.VERSION,
        of="v001",
        source="",
        created_at=created.isoformat().replace("+00:00", "Z"),
        content_sha256=content or f"content-{sequence}",
        bytes=1,
    )
    return Backup(sequence=sequence, card=card, path=f"manual/b{sequence}", sums_sha256="", here=here)


def staying(
    backups: list[Backup],
    needed: frozenset[str] = frozenset(),
    lost: frozenset[str] = frozenset(),
    joined: dict[str, str] | None = None,
) -> dict[str, tuple[Keeps, ...]]:
    return rule.staying(backups, 30, NOW, needed, lost, joined or {})


def test_the_newest_three_verified_ones_stay_however_old() -> None:
    stays = staying([backup(n) for n in range(1, 7)])
    assert stays == {"b4": (Keeps.FLOOR,), "b5": (Keeps.FLOOR,), "b6": (Keeps.FLOOR,)}
    assert rule.going(stays, [backup(n) for n in range(1, 7)]) == ("b1", "b2", "b3")


def test_those_that_are_one_on_the_disk_count_as_one() -> None:
    joined = {"b4": "b5", "b5": "b5", "b6": "b5"}
    stays = staying([backup(n) for n in range(1, 7)], joined=joined)
    assert sorted(stays) == ["b2", "b3", "b6"]


def test_what_was_never_read_back_or_is_damaged_is_for_people_to_decide_and_counts_for_nothing() -> None:
    unread = CopyState(condition=Condition.WHOLE)
    damaged = msgspec.structs.replace(VERIFIED, condition=Condition.DAMAGED)
    unloaded = msgspec.structs.replace(VERIFIED, loaded_at=None)
    odd = [backup(n, here=state) for n, state in enumerate((unread, damaged, unloaded), start=10)]
    stays = staying([*(backup(n) for n in range(1, 5)), *odd])
    assert stays == {
        **{f"b{n}": (Keeps.FLOOR,) for n in (2, 3, 4)},
        **{one.id: (Keeps.UNVERIFIED,) for one in odd},
    }


def test_what_the_head_needs_and_the_only_copy_of_what_is_gone_stay() -> None:
    old = [backup(1, content="head"), backup(2, content="lost"), backup(3, content="lost"), backup(4)]
    stays = staying([*old, *(backup(n) for n in (5, 6, 7))], frozenset({"head"}), frozenset({"b2", "b3"}))
    assert [stays.get(one.id) for one in old] == [(Keeps.HEAD,), None, (Keeps.ONLY,), None]


def test_young_ones_stay_and_a_clock_in_the_future_counts_as_today() -> None:
    stays = staying([backup(1, 29), backup(2, 31), backup(3, -4000), *(backup(n) for n in (4, 5, 6))])
    assert stays["b1"] == (Keeps.YOUNG,)
    assert stays["b3"] == (Keeps.YOUNG, Keeps.TODAY)


def test_a_clock_that_went_back_makes_nothing_older_than_what_was_made_before_it() -> None:
    made_in_1970 = backup(2, 20_000)
    stays = staying([backup(1, 5), made_in_1970, *(backup(n, 1) for n in (3, 4, 5))])
    assert stays["b2"] == (Keeps.YOUNG,)


@given(st.lists(st.tuples(st.floats(-5000, 5000), st.booleans()), max_size=12))
def test_whatever_the_clocks_said_three_verified_ones_stay_and_removing_what_goes_changes_nothing(
    histories: list[tuple[float, bool]],
) -> None:
    unread = CopyState(condition=Condition.WHOLE)
    backups = [backup(n, age, VERIFIED if whole else unread) for n, (age, whole) in enumerate(histories, start=1)]
    stays = staying(backups)
    left = [one for one in backups if one.id in stays]
    verified = [one for one in backups if rule.is_verified(one)]
    assert [one for one in left if rule.is_verified(one)][-3:] == verified[-3:]
    assert [one for one in backups if not rule.is_verified(one)] == [one for one in left if not rule.is_verified(one)]
    assert rule.going(staying(left), left) == ()
