"""Writes the cards whose rows have changed, a few at a time: after the commit, and never in its way."""

import logging
import time
from pathlib import Path

from backend import files
from backend.cards import card as cards
from backend.errors import Damaged, NoSpace
from backend.paths import Home
from backend.store.store import Store

log = logging.getLogger(__name__)
AT_ONCE = 16
"""Cards between two looks at what else is to be done."""
RETRY_SECONDS = 10.0
CLOSE_SECONDS = 3.0
"""What is not written by then is due still, and the next host writes it."""

TRAIL = "events"
"""The table of the audit trail, which grows at each save: its number alone is no reason to write."""


class CardKeeper:
    """A change that is not on its card yet is marked in the same transaction, so no crash forgets it."""

    def __init__(self, home: Home, store: Store) -> None:
        self._home = home
        self._store = store
        self._not_before = 0.0
        self._numbers: dict[str, int] = {}

    def tick(self) -> None:
        """Write some of what is due. A full disk, or one that refuses, only puts it off."""
        if time.monotonic() >= self._not_before:
            try:
                self._write(self._store.cards.due(AT_ONCE))
            except (NoSpace, OSError) as error:
                log.warning("Cards are not written, and tried again: %s", error)
                self._not_before = time.monotonic() + RETRY_SECONDS

    def close(self) -> None:
        """Write what is due, for a moment."""
        end = time.monotonic() + CLOSE_SECONDS
        self._not_before = 0.0
        while self._not_before == 0.0 and time.monotonic() < end and self._store.cards.due(1):
            self.tick()

    def write_all(self) -> int:
        """Every card as its rows now are; returns how many were missing or altered. Raises NoSpace."""
        return self._write(self._store.cards.every())

    def _write(self, due: list[tuple[str, str]]) -> int:
        if not due:
            return 0
        written = sum(self._write_one(kind, key) for kind, key in due if kind != cards.NUMBERS)
        numbers = self._store.cards.numbers()
        if {**numbers, TRAIL: 0} != {**self._numbers, TRAIL: 0}:
            self._put(cards.place(self._home, cards.NUMBERS, "all"), cards.numbers_card(numbers))
            self._numbers = numbers
        with self._store.atomic():
            self._store.cards.settle(due)
        return written

    def _write_one(self, kind: str, key: str) -> bool:
        rows = self._store.cards.rows(kind, key)
        path = cards.place(self._home, kind, key)
        if any(rows.values()):
            return self._put(path, cards.encoded(kind, key, rows))
        path.unlink(missing_ok=True)
        return True

    def _put(self, path: Path, content: bytes) -> bool:
        if path.is_file() and path.read_bytes() == content:
            return False
        files.make_folder(path.parent)
        files.write(path, content)
        return True


def differing(home: Home, store: Store) -> tuple[int, list[Path]]:
    """How many cards there should be, and which of them are missing or not as the rows are, and not due either."""
    every, due = store.cards.every(), set(store.cards.due(-1))
    wrong = []
    for kind, key in every:
        path = cards.place(home, kind, key)
        try:
            same = path.read_bytes() == cards.encoded(kind, key, store.cards.rows(kind, key))
        except OSError:
            same = False
        if not same and (kind, key) not in due:
            wrong.append(path)
    try:
        cards.read(cards.place(home, cards.NUMBERS, "all"))
    except Damaged:
        if every and not due:
            wrong.append(cards.place(home, cards.NUMBERS, "all"))
    return len(every), wrong
