"""The verifier finds each kind of damage to what keeps training safe, and nothing in a home that is whole."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.verifier import faults

Damage = Callable[[Path], None]


@pytest.fixture
def home(lived: Path, tmp_path: Path) -> Path:
    """A copy to damage; its second location is the one of the home that it was copied from."""
    copy = tmp_path / "home"
    shutil.copytree(lived / "home", copy, symlinks=True)
    return copy


def sql(statement: str) -> Damage:
    """Change the database behind the application's back."""

    def change(home: Path) -> None:
        with closing(sqlite3.connect(home / "espalier.db")) as db, db:
            assert db.execute(statement).rowcount

    return change


def at(pattern: str, change: Callable[[Path], object]) -> Damage:
    """Change the last path that fits."""

    def damage(home: Path) -> None:
        change(max(home.glob(pattern)))

    return damage


def altered(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")


def linked(path: Path) -> None:
    """The same bytes, but elsewhere."""
    elsewhere = next(folder for folder in path.parents if folder.name == "home").with_name("elsewhere")
    elsewhere.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(elsewhere)


def away(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def resealed(folder: Path) -> None:
    """A file that SHA256SUMS lists, and metadata.json does not."""
    (folder / "more.txt").write_bytes(b"more")
    sums = folder / "SHA256SUMS"
    sums.chmod(0o644)
    digest = "1a3bdcb36ca8d0b6e8e55a6f2ce4c9f0b1e0d9d4ed0f6b07dd0a7a0a25ff1a0e"
    sums.write_text(sums.read_text() + f"{digest}  more.txt\n")


def all_away(pattern: str) -> Damage:
    def change(home: Path) -> None:
        for path in home.glob(pattern):
            away(path)

    return change


def test_a_whole_home_has_no_fault(home: Path) -> None:
    assert faults(home) == []


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (at("models/base/*/model.safetensors", altered), "I4 base tiny: model.safetensors holds other bytes"),
        (at("models/versions/v*/model.safetensors", altered), "I4 version v001: model.safetensors holds other bytes"),
        (at("models/versions/v*/adapter/adapter*", away), "I4 version v001: adapter/adapter_model.safetensors is miss"),
        (at("models/versions/v*", resealed), "I4 version v001: more.txt is not listed in metadata.json"),
        (at("models/versions/v*", away), "I4 version v001: SHA256SUMS is missing"),
        (sql("update versions set condition = 'gone'"), "I6 version v001 is gone, and its folder is there"),
        (sql("update versions set condition = 'gone'"), "I4 the head stands on v001, which is gone"),
        (sql("update versions set condition = 'trash'"), "I6 version v001 is in the trash by its row, and is not"),
        (sql("update versions set tags = '[]'"), "I6 tags.json gives v001 other tags"),
        (sql("update versions set number = 9, id = 'v009'"), "I6 last_number.txt is below 9"),
        (sql("delete from versions"), "is known to nobody"),
        (at("models/versions/latest", away), "I6 latest leads to None"),
        (at("models/backups/manual/v001_*/content/model.safetensors", altered), "(here): what it holds: model"),
        (at("models/backups/manual/head_*/metadata.json", linked), "(here): metadata.json is no plain file"),
        (at("models/backups/bases/*/model.safetensors", altered), "(here): its base: model.safetensors holds other"),
        (at("models/backups/manual/*", away), "I5 backup v001_"),
        (all_away("models/backups/bases/*"), "its base: SHA256SUMS is missing"),
        (sql("update backups set here = json_set(here, '$.condition', 'gone')"), "is gone, and its folder is there"),
        (sql("update backups set here = json_set(here, '$.condition', 'trash')"), "is in the trash by its row"),
        (sql("update backups set card = json_set(card, '$.content_sha256', 'x')"), "is not what was copied"),
        (
            sql("update backups set here = json_set(here, '$.condition', 'gone'), second = null where sequence > 1"),
            "I5 1 verified backups are there, and",
        ),
        (sql("delete from backups where sequence = 1"), "is known to nobody"),
        (at("snapshots/*/metadata.json", altered), "I4 daily"),
        (sql("delete from dailies"), "I6 snapshots/"),
        (at("data/evolution_snapshots/*/step_*.json", altered), "is missing or holds other bytes"),
        (sql("update operations set state = 'running' where id = 1"), "I6 operation 1 (backup head) never ended"),
        (sql("update operations set state = 'failed', text = '' where id = 1"), "I7 operation 1 is failed, and says"),
        (at("trash", lambda trash: (trash / "something").touch()), "I6 something lies in the trash"),
        (at("models/versions", lambda versions: (versions / "v002").mkdir()), "versions/v002 is known to nobody"),
        (at("models/base", lambda bases: (bases / "other").mkdir()), "models/base/other is known to nobody"),
        (at("models/backups", lambda root: (root / "old").mkdir()), "models/backups/old is known to nobody"),
        (at("runs/000001/job.json", away), "I6 the card of job 1 says None"),
    ],
)
def test_each_damage_is_found(home: Path, damage: Damage, found: str) -> None:
    damage(home)
    told = faults(home)
    assert [fault for fault in told if found in fault], told


def test_a_copy_that_shares_its_bytes_is_no_second_backup(home: Path) -> None:
    folders = sorted((home / "models" / "backups").glob("[!b]*/*"))
    first = folders[0]
    with closing(sqlite3.connect(home / "espalier.db")) as db, db:
        [path] = db.execute("select path from backups where id = ?", (first.name,)).fetchone()
        row = db.execute("select card, sums_sha256, here from backups where id = ?", (first.name,)).fetchone()
        db.execute("update backups set second = null")
        for folder in folders[1:]:
            shutil.rmtree(folder)
            shutil.copytree(first, folder, copy_function=lambda source, target: Path(target).hardlink_to(source))
            db.execute("update backups set card = ?, sums_sha256 = ?, here = ? where id = ?", (*row, folder.name))
    assert path
    assert [fault for fault in faults(home) if "I5 1 verified backups are there, and 4 were made" in fault]


def test_an_operation_that_a_living_host_carries_out_is_no_fault(home: Path) -> None:
    sql("update operations set state = 'running' where id = 1")(home)
    assert faults(home, hosted=True) == []
