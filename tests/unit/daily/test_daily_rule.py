"""Which daily snapshots stay: the rule, and what it never lets go."""

import datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from backend.daily.rule import FLOOR, going, in_line, staying
from backend.domain.daily import Daily, Stays
from backend.settings import DailySettings

STRANGERS = ("1970-01-01", "2038-01-19")
START = datetime.date(2026, 1, 1)


def snapshot(sequence: int, day: str, checkpoint: int = 0) -> Daily:
    return Daily(
        sequence=sequence,
        day=day,
        path=f"snapshots/{day}",
        sums_sha256="",
        bytes=1,
        checkpoint=checkpoint or sequence,
        taken_at="",
    )


def of_days(days: list[int]) -> list[Daily]:
    return [snapshot(at + 1, (START + datetime.timedelta(days=day)).isoformat()) for at, day in enumerate(days)]


def days_of(snapshots: list[Daily]) -> list[str]:
    return [one.day for one in snapshots]


RULES = st.builds(
    DailySettings, days=st.integers(1, 9), weeks=st.integers(0, 6), months=st.integers(0, 13), thin=st.just(value=False)
)
DAYS = st.lists(st.integers(0, 900), unique=True, max_size=60).map(sorted)


def test_seven_days_four_weeks_and_twelve_months_stay_when_thinned_every_day() -> None:
    present: list[Daily] = []
    for one in of_days(list(range(500))):
        present.append(one)
        gone = {each.sequence for each in going(present, DailySettings(), one.day, one.checkpoint)}
        present = [each for each in present if each.sequence not in gone]
    days = days_of(present)
    assert days[-7:] == [f"2027-05-{day:02d}" for day in range(9, 16)]
    assert days[:-7] == [
        *(f"2026-{month:02d}-{day}" for month, day in zip(range(6, 13), (30, 31, 31, 30, 31, 30, 31), strict=True)),
        "2027-01-31",
        "2027-02-28",
        "2027-03-31",
        "2027-04-25",
        "2027-04-30",
        "2027-05-02",
    ]


@given(DAYS, RULES, st.integers(0, 900), st.integers(1, 60))
def test_the_newest_three_todays_and_the_heads_never_go(
    days: list[int], rule: DailySettings, now: int, head: int
) -> None:
    snapshots = of_days(days)
    today = (START + datetime.timedelta(days=now)).isoformat()
    gone = going(snapshots, rule, today, head)
    assert not {one.sequence for one in gone} & {one.sequence for one in snapshots[-FLOOR:]}
    assert today not in days_of(gone)
    assert head not in {one.checkpoint for one in gone}


@given(DAYS, RULES)
def test_thinning_twice_equals_once_and_leaves_no_more_than_the_rule_counts(
    days: list[int], rule: DailySettings
) -> None:
    snapshots = of_days(days)
    gone = going(snapshots, rule, "", None)
    left = [one for one in snapshots if one not in gone]
    assert going(left, rule, "", None) == []
    assert len(left) <= max(FLOOR, rule.days) + rule.weeks + rule.months
    assert len(left) >= min(len(snapshots), max(FLOOR, rule.days))


@given(
    st.lists(st.integers(0, 900), unique=True, min_size=8, max_size=60).map(sorted),
    RULES,
    st.lists(st.tuples(st.integers(3, 57), st.sampled_from(STRANGERS)), unique_by=lambda jump: jump[1]),
)
def test_a_clock_that_jumps_does_not_change_which_of_the_others_stay(
    days: list[int], rule: DailySettings, jumps: list[tuple[int, str]]
) -> None:
    true = of_days(days)
    mixed = [msgspec.structs.replace(one, sequence=one.sequence * 10) for one in true]
    for at, day in jumps:
        place = min(at, len(true) - 3)
        mixed.append(snapshot(place * 10 + 5 + int(day > "2000"), day))
    expected = days_of(going(true, rule, "", None))
    found = [day for day in days_of(going(mixed, rule, "", None)) if day not in STRANGERS]
    assert found == expected


@given(st.permutations(of_days(list(range(40)))))
def test_the_order_of_the_list_says_nothing(snapshots: list[Daily]) -> None:
    assert going(snapshots, DailySettings(), "", None) == going(of_days(list(range(40))), DailySettings(), "", None)


@given(st.lists(st.sampled_from([f"2026-03-{day:02d}" for day in range(1, 20)]), unique=True))
def test_what_is_in_line_rises_by_day_and_by_sequence(days: list[str]) -> None:
    line = in_line([snapshot(at, day) for at, day in enumerate(days)])
    assert days_of(line) == sorted(days_of(line))
    assert [one.sequence for one in line] == sorted(one.sequence for one in line)
    assert bool(line) is bool(days)


def test_each_that_stays_says_why() -> None:
    snapshots = of_days([0, 3, 5, 10, 33, 34, 40])
    rule = DailySettings(days=2, weeks=2, months=2)
    stays = staying(snapshots, rule, snapshots[-1].day, 2)
    assert stays == {
        2: (Stays.HEAD,),
        4: (Stays.MONTH,),
        5: (Stays.NEWEST,),
        6: (Stays.DAY, Stays.WEEK, Stays.NEWEST),
        7: (Stays.DAY, Stays.WEEK, Stays.MONTH, Stays.NEWEST, Stays.TODAY),
    }
    assert days_of(going(snapshots, rule, snapshots[-1].day, 2)) == ["2026-01-01", "2026-01-06"]


@given(DAYS, RULES)
def test_what_has_a_reason_stays_and_nothing_else(days: list[int], rule: DailySettings) -> None:
    snapshots = of_days(days)
    gone = {one.sequence for one in going(snapshots, rule, "", None)}
    assert set(staying(snapshots, rule, "", None)) == {one.sequence for one in snapshots} - gone
