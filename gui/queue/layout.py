"""Which row of the table shows what: each group's heading, and below it its jobs unless the group is collapsed."""

from backend.domain.job import Job, Priority
from gui.queue.groups import FINISHED, GROUPS, Groups


class Layout:
    """Counts rows over the groups as they are at that moment; it keeps only which of them are collapsed."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._collapsed: set[int] = set()

    def shows(self, group: int) -> bool:
        """Whether the jobs of the group have rows."""
        return group not in self._collapsed

    def toggle(self, group: int) -> None:
        self._collapsed ^= {group}

    @property
    def row_count(self) -> int:
        return self.heading_row(GROUPS)

    def heading_row(self, group: int) -> int:
        """Of the group that would follow the last one: the number of rows."""
        return group + sum(self._groups.size(g) for g in range(group) if self.shows(g))

    def row(self, group: int, place: int) -> int:
        return self.heading_row(group) + 1 + place

    def at(self, row: int) -> tuple[int, Job | None]:
        """Group and job of a row; no job for a heading."""
        left = row
        for group in range(GROUPS):
            if left == 0:
                return group, None
            size = self._groups.size(group) if self.shows(group) else 0
            if left <= size:
                return group, self._groups.at(group, left - 1)
            left -= size + 1
        raise IndexError(row)

    def jobs_between(self, first: int, last: int) -> list[Job]:
        """The jobs of the rows from `first` to `last`, headings left out."""
        found: list[Job] = []
        for group in range(GROUPS):
            start = self.row(group, 0)
            if self.shows(group):
                found += self._groups.slice(group, max(0, first - start), max(0, last + 1 - start))
        return found

    def landing(self, row: int) -> tuple[Priority, int | None] | None:
        """Level and following job for what is let go above `row`; below a heading is the top of its level."""
        end = self.heading_row(FINISHED)
        if not 0 <= row <= end:
            return None
        group = max((g for g in range(FINISHED) if self.heading_row(g) < row), default=0)
        inside = self._groups.first_in_turn(group, max(0, row - self.heading_row(group) - 1))
        if not self.shows(group) or inside >= self._groups.size(group):
            return Priority(group), None
        return Priority(group), self._groups.at(group, inside).id
