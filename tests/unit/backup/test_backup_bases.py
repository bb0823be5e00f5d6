"""Which bases the backups of a root need, those among them that lie in a trash and may be brought back."""

from pathlib import Path

import msgspec

from backend import files
from backend.backup import copying
from backend.backup import folder as places
from backend.backup.root import Root
from backend.domain.backup import Place
from backend.domain.version import Parent
from tests.unit.backup.test_backup_rule import backup


def test_a_base_is_needed_by_what_lies_in_the_trash_of_another_file_system(tmp_path: Path) -> None:
    root = Root(Place.HOME, tmp_path / "disk" / "backups", tmp_path / "home" / "trash")
    parent = Parent(base="tiny", sha256="a" * 64)
    card = msgspec.structs.replace(backup(1).card, base=parent)
    for trash in (root.trash, tmp_path / "disk" / "trash"):
        thrown = trash / f"backup-{card.id}-1764097000000000000"
        files.make_folder(thrown)
        places.write_card(thrown, card)
        assert copying.needed_bases(root) == {root.base(parent)}
        files.discard(thrown)
    assert copying.needed_bases(root) == set()
