"""What is deleted lies in the trash of its own file system, under a name that says what it was."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend import files
from backend.clock import seconds_until
from backend.errors import UserError, WrongUse
from backend.paths import Home
from backend.trash.name import GOING
from backend.trash.trash import KEPT_SECONDS, Trash
from tests.fakes.unprivileged import unprivileged


def artefact(place: Path) -> Path:
    with files.staged(place, sealed=True) as staging:
        files.write(staging / "model.safetensors", b"weights")
    return place


def test_it_lies_there_whole_and_is_told_of(home: Home) -> None:
    told: list[str] = []
    trash = Trash(home, changed=lambda: told.append("changed"))
    folder = artefact(home.versions / "v001_20260101_000000_first")
    size = files.size_of(folder)
    entry = trash.put(folder, "version", "v001")
    assert told == ["changed"]
    assert not folder.exists()
    assert (entry.kind, entry.of, entry.bytes, Path(entry.path).parent) == ("version", "v001", size, home.trash)
    files.verify(Path(entry.path))
    assert trash.entries() == [entry] == [trash.find(entry.name)]
    assert -5 < seconds_until(entry.purged_at) - KEPT_SECONDS <= 0.001
    again = trash.put(artefact(folder), "version", "v001")
    assert trash.entries() == [entry, again]


def test_what_others_put_there_is_shown_and_stays(home: Home) -> None:
    (home.trash / "letter.txt").write_bytes(b"keep me")
    [entry] = Trash(home).entries()
    assert (entry.kind, entry.of, entry.bytes, entry.purged_at) == ("other", "letter.txt", 7, "")
    with pytest.raises(WrongUse, match="Nothing called letter"):
        Trash(home).find("letter")


def test_what_goes_is_out_of_the_trash_before_it_is_deleted(home: Home) -> None:
    trash = Trash(home)
    first = trash.put(artefact(home.versions / "v001"), "version", "v001")
    second = trash.put(artefact(home.versions / "v002"), "version", "v002")
    trash.set_aside([first])
    assert trash.entries() == [second]
    assert (home.trash / f"{GOING}{first.name}").is_dir()
    trash.sweep()
    assert [path.name for path in home.trash.iterdir()] == [second.name]


def test_the_second_location_has_a_trash_of_its_own(home: Home, tmp_path: Path) -> None:
    second = tmp_path / "second"
    trash = Trash(home, lambda: str(second))
    assert trash.entries() == []
    entry = trash.put(artefact(second / "manual" / "head_1"), "backup", "head_1")
    assert Path(entry.path).parent == second / "trash"
    here = trash.put(artefact(home.backups / "manual" / "head_1"), "backup", "head_1")
    assert Path(here.path).parent == home.trash
    assert trash.entries() == [entry, here]
    files.move(second, tmp_path / "unplugged")
    assert trash.entries() == [here]
    assert not second.exists()
    with pytest.raises(ValueError, match="neither in the home"):
        trash.put(artefact(tmp_path / "elsewhere"), "backup", "x")


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system, where the machine has one."""
    memory = Path("/dev/shm")
    if sys.platform != "linux" or not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as made:
        yield Path(made)


def test_models_on_another_disk_stay_on_it(home: Home, other_disk: Path) -> None:
    aside = home.root / "aside"
    files.move(home.root / "models", aside)
    files.put_link(home.root / "models", other_disk)
    home.create()
    trash = Trash(home)
    entry = trash.put(artefact(home.versions / "v001"), "version", "v001")
    assert Path(entry.path).parent == home.root / "models" / "trash"
    assert (other_disk / "trash" / entry.name).is_dir()
    assert trash.entries() == [entry]
    trash.set_aside([entry])
    trash.sweep()
    assert list((other_disk / "trash").iterdir()) == []


def test_what_cannot_be_moved_lies_where_it_lay(home: Home) -> None:
    with pytest.raises(UserError, match="cannot be moved to the trash"):
        Trash(home).put(home.versions / "v009", "version", "v009")
    home.trash.rmdir()
    home.trash.write_bytes(b"a file")
    folder = artefact(home.versions / "v001")
    with pytest.raises(UserError, match="cannot be moved to the trash"):
        Trash(home).put(folder, "version", "v001")
    files.verify(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such rights there")
def test_a_trash_that_cannot_be_read_is_told_and_another_disk_s_takes_nothing_with_it() -> None:
    with unprivileged() as folder:
        home, second = Home(folder / "home"), folder / "second"
        home.create()
        trash = Trash(home, lambda: str(second))
        trash.put(artefact(second / "manual" / "head_1"), "backup", "head_1")
        entry = trash.put(artefact(home.versions / "v001"), "version", "v001")
        (second / "trash").chmod(0)
        assert trash.entries() == [entry]
        second.chmod(0)
        assert trash.entries() == [entry]
        home.trash.chmod(0)
        with pytest.raises(UserError, match="cannot be read"):
            trash.entries()
        for closed in (second, second / "trash", home.trash):
            closed.chmod(0o755)
