"""No number of a version comes twice, whatever is lost of what knew it."""

from collections.abc import Callable

import pytest

from backend.domain.backup import Backup, BackupCard, BackupType, CopyState, Subject
from backend.domain.move import MoveKind
from backend.domain.version import Condition
from backend.versions import numbers
from tests.makers.past import Past
from tests.makers.version_rows import version


def a_row(past: Past) -> None:
    past.store.versions.put(version(4))


def lineage(past: Past) -> None:
    past.store.versions.put(version(1, lineage=("v003", "v004")))


def a_base(past: Past) -> None:
    past.stand_on(version(4), MoveKind.RESTORE)


def a_folder(past: Past) -> None:
    (past.home.versions / "v004_20260301_093000_a").mkdir()


def half_a_folder(past: Past) -> None:
    (past.home.versions / ".staging-v004_20260301_093000_a-0a1b2c3d").mkdir()


def the_trash(past: Past) -> None:
    (past.home.trash / "version-v004-1764097000000000000").mkdir()


def a_backup(past: Past) -> None:
    card = BackupCard(
        id="v004_20260301_093000",
        type=BackupType.MANUAL,
        subject=Subject.VERSION,
        of="v004",
        source="",
        created_at="",
        content_sha256="",
        bytes=1,
    )
    here = CopyState(condition=Condition.GONE)
    past.store.backups.add(Backup(sequence=0, card=card, path="", sums_sha256="", here=here))


def a_backups_folder(past: Past) -> None:
    (past.home.backups / "manual" / "version-v004_20260301_093000").mkdir(parents=True)


def the_counter(past: Past) -> None:
    numbers.use(past.home, 4)
    numbers.use(past.home, 2)


@pytest.mark.parametrize(
    "leave",
    [a_row, lineage, a_base, a_folder, half_a_folder, the_trash, a_backup, a_backups_folder, the_counter],
    ids=lambda leave: leave.__name__,
)
def test_the_next_number_is_higher_than_any_that_is_known_of(past: Past, leave: Callable[[Past], None]) -> None:
    assert numbers.next_number(past.home, past.store) == 1
    leave(past)
    assert numbers.next_number(past.home, past.store) == 5
