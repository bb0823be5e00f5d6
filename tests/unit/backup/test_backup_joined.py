"""Backups whose files are one on the disk count as one, over however many steps they are joined."""

import os
from pathlib import Path

from backend import files
from backend.backup.folder import CONTENT
from backend.backup.retention import joined
from backend.backup.root import Root
from backend.domain.backup import Backup, Place
from tests.unit.backup.test_backup_rule import backup


def test_what_is_joined_through_a_third_one_is_joined(tmp_path: Path) -> None:
    root = Root(Place.HOME, tmp_path, tmp_path / "trash")
    backups: list[Backup] = [backup(number) for number in (1, 2, 3)]
    first, second, third = (root.backup(one.path) / CONTENT for one in backups)
    for folder in (first, second, third):
        files.make_folder(folder)
    files.write(first / "one", b"1")
    os.link(first / "one", second / "one")
    files.write(second / "two", b"2")
    os.link(second / "two", third / "two")
    files.write(third / "three", b"3")
    for order in (backups, backups[::-1], [backups[0], backups[2], backups[1]]):
        found = joined(root, order)
        assert len({found.get(one.id, one.id) for one in backups}) == 1
