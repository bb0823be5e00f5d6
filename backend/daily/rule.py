"""Which daily snapshots stay: the last days, weeks and months, whatever the clock has been through."""

import bisect
import datetime
from collections.abc import Callable, Hashable, Mapping, Sequence

from backend.domain.daily import Daily, Stays
from backend.protocol.host import DailiesReply
from backend.settings import DailySettings

FLOOR = 3
"""So many newest ones stay under any rule."""


def going(snapshots: Sequence[Daily], keep: DailySettings, today: str, head: int | None) -> list[Daily]:
    """Those that the rule lets go, oldest first; the arguments are those of `staying`."""
    stays = staying(snapshots, keep, today, head)
    return [one for one in sorted(snapshots, key=lambda one: one.sequence) if one.sequence not in stays]


def staying(
    snapshots: Sequence[Daily], keep: DailySettings, today: str, head: int | None
) -> dict[int, tuple[Stays, ...]]:
    """Why each snapshot that stays does so, by its sequence number.

    Args:
        snapshots: all that there are.
        keep: the user's rule.
        today: the user's day; what was made today stays.
        head: number of the checkpoint that the head stands on; its copies stay.
    """
    ordered = sorted(snapshots, key=lambda one: one.sequence)
    by_reason = {
        **_kept(ordered, keep),
        Stays.NEWEST: {one.sequence for one in ordered[-FLOOR:]},
        Stays.TODAY: {one.sequence for one in ordered if one.day == today},
        Stays.HEAD: {one.sequence for one in ordered if one.checkpoint == head},
    }
    found: dict[int, tuple[Stays, ...]] = {}
    for reason, sequences in by_reason.items():
        for sequence in sequences:
            found[sequence] = (*found.get(sequence, ()), reason)
    return found


def as_reply(snapshots: Sequence[Daily], stays: Mapping[int, tuple[Stays, ...]]) -> DailiesReply:
    """What a host answers of its snapshots."""
    return DailiesReply(
        snapshots=tuple(snapshots),
        going=tuple(one.day for one in snapshots if one.sequence not in stays),
        staying=tuple(stays.get(one.sequence, ()) for one in snapshots),
    )


def _kept(ordered: Sequence[Daily], keep: DailySettings) -> dict[Stays, set[int]]:
    """Sequence numbers of those that the rule wants: the last of each of the last days, weeks and months.

    A snapshot whose day is out of line was named by a wrong clock. It is not counted and crowds no other out; it stays
    as long as its neighbour stays for its day.
    """
    line = in_line(ordered)
    by_day = {one.sequence for one in line[len(line) - min(keep.days, len(line)) :]}
    numbers = [one.sequence for one in line]
    strangers = set()
    for one in ordered:
        if one.sequence not in numbers:
            place = bisect.bisect(numbers, one.sequence)
            if numbers[max(0, place - 1)] in by_day:
                strangers.add(one.sequence)
    return {
        Stays.DAY: by_day,
        Stays.WEEK: _last_of(line, _week, keep.weeks),
        Stays.MONTH: _last_of(line, _month, keep.months),
        Stays.CLOCK: strangers,
    }


def in_line(ordered: Sequence[Daily]) -> list[Daily]:
    """The most snapshots whose days rise with their sequence: a longest increasing subsequence (Schensted 1961)."""
    days: list[str] = []
    ends: list[int] = []
    before: list[int | None] = []
    for place, one in enumerate(ordered):
        at = bisect.bisect_left(days, one.day)
        before.append(ends[at - 1] if at else None)
        days[at : at + 1] = [one.day]
        ends[at : at + 1] = [place]
    line: list[Daily] = []
    at_last = ends[-1] if ends else None
    while at_last is not None:
        line.append(ordered[at_last])
        at_last = before[at_last]
    return line[::-1]


def _last_of(line: Sequence[Daily], span: Callable[[str], Hashable], count: int) -> set[int]:
    lasts = {span(one.day): one.sequence for one in line}
    return set(list(lasts.values())[len(lasts) - min(count, len(lasts)) :])


def _week(day: str) -> Hashable:
    return datetime.date.fromisoformat(day).isocalendar()[:2]


def _month(day: str) -> Hashable:
    return day[:7]
