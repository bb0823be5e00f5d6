"""The folder of a version: read back, and every change of it found."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend import files
from backend.errors import Damaged
from backend.paths import Home
from backend.versions import folder as places
from tests.makers.version_rows import version


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """v001 in a home."""
    card = version(1).card
    target = Home(tmp_path).versions / places.name_of(1, card.created_at, card.slug)
    hashes: dict[str, str] = {}
    with files.staged(target, hashes=hashes, sealed=True) as staging:
        files.write(staging / "model.safetensors", b"weights")
        files.make_folder(staging / places.ADAPTER)
        files.write(staging / places.ADAPTER / "adapter_model.safetensors", b"adapter")
        hashes |= places.write_card(staging, card)
    return target


def rewrite_sums(folder: Path) -> None:
    sums = folder / files.SUMS
    sums.chmod(0o644)
    sums.write_bytes(files.sums_of(folder))


def change_a_byte(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.chmod(0o644)
    path.write_bytes(b"weighty")


def change_a_byte_and_the_sums(folder: Path) -> None:
    change_a_byte(folder)
    rewrite_sums(folder)


def take_one_away(folder: Path) -> None:
    (folder / places.ADAPTER / "adapter_model.safetensors").unlink()


def take_one_away_and_from_the_sums(folder: Path) -> None:
    take_one_away(folder)
    rewrite_sums(folder)


def add_one(folder: Path) -> None:
    (folder / "more.py").write_bytes(b"x")


def add_one_to_the_sums_too(folder: Path) -> None:
    add_one(folder)
    rewrite_sums(folder)


def test_a_version_is_read_back_as_it_was_made(made: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    read = places.read(home, made)
    assert (read.id, read.path, read.bytes) == ("v001", f"models/versions/{made.name}", files.size_of(made))
    assert set(read.card.files) == {"model.safetensors", "adapter/adapter_model.safetensors"}
    assert places.all_in(home.versions) == [made]
    assert {path.stat().st_mode & 0o777 for path in made.rglob("*") if path.is_file()} == {0o444}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (change_a_byte, "model.safetensors"),
        (change_a_byte_and_the_sums, "model.safetensors"),
        (take_one_away, "adapter_model.safetensors"),
        (take_one_away_and_from_the_sums, "adapter_model.safetensors"),
        (add_one, "more.py"),
        (add_one_to_the_sums_too, "more.py"),
    ],
)
def test_what_was_done_to_it_is_found_and_the_file_named(
    made: Path, change: Callable[[Path], None], named: str
) -> None:
    change(made)
    with pytest.raises(Damaged, match=named):
        places.verify(made)


def test_a_folder_under_another_versions_name_is_not_taken(made: Path) -> None:
    moved = made.with_name(made.name.replace("v001", "v002"))
    made.rename(moved)
    with pytest.raises(Damaged, match="that of version v001"):
        places.verify(moved)


def test_a_damaged_file_of_tags_makes_no_version_unreadable(made: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.version_tags.write_bytes(b"{nonsense")
    assert places.read(home, made).tags == version(1).card.tags
