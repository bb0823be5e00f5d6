"""What was deleted and can still be brought back: it lies in the trash of its own file system for a day."""

import msgspec


class TrashEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One folder or file in a trash."""

    name: str
    """As it lies there; also what it is called by."""
    kind: str
    """version, backup, daily, checkpoint, …"""
    of: str
    """What it was: v001, the id of a backup, a day."""
    path: str
    """Absolute."""
    bytes: int
    deleted_at: str
    """UTC, ISO 8601."""
    purged_at: str
    """When it goes for good, by itself; empty where it was not put there by Espalier, and stays."""
