"""The open database of one home, its tables as parts."""

import contextlib
import sqlite3

from backend.paths import Home
from backend.store.backups import Backups
from backend.store.cards import CardRows
from backend.store.checkpoints import Checkpoints, Segments
from backend.store.dailies import Dailies
from backend.store.database import atomic, open_database, open_for_reading
from backend.store.evolution import Evolution
from backend.store.head import HeadRow
from backend.store.jobs import Jobs
from backend.store.journal import Facts, Journal
from backend.store.library import Bases, Datasets
from backend.store.operations import Operations
from backend.store.versions import Versions


class Store:
    """Not thread-safe: the thread that opened it owns it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self.jobs = Jobs(connection)
        self.datasets = Datasets(connection)
        self.bases = Bases(connection)
        self.checkpoints = Checkpoints(connection)
        self.segments = Segments(connection)
        self.dailies = Dailies(connection)
        self.evolution = Evolution(connection)
        self.versions = Versions(connection)
        self.backups = Backups(connection)
        self.operations = Operations(connection)
        self.head = HeadRow(connection)
        self.journal = Journal(connection)
        self.facts = Facts(connection)
        self.cards = CardRows(connection)

    @classmethod
    def open(cls, home: Home) -> "Store":
        """For the host, who alone writes."""
        return cls(open_database(home.database))

    @classmethod
    def open_for_reading(cls, home: Home) -> "Store":
        """For anybody, at any time; the database must exist."""
        return cls(open_for_reading(home.database))

    def atomic(self) -> contextlib.AbstractContextManager[None]:
        """Everything written inside is committed together or not at all."""
        return atomic(self._db)

    def close(self) -> None:
        self._db.close()
