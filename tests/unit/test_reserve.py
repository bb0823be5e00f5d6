"""The reserve: made to size, let go once, made again."""

from pathlib import Path

import pytest

from backend import files
from backend.errors import NoSpace
from backend.reserve import LARGEST, SMALL_FILES, Reserve


def test_it_is_made_to_size_let_go_and_made_again(tmp_path: Path) -> None:
    path = tmp_path / "space.reserve"
    reserve = Reserve(path)
    assert not reserve.release()
    for _ in range(2):
        assert reserve.missing(3_000_000) == 3_600_000 + SMALL_FILES
        reserve.make(3_000_000)
        assert path.stat().st_size == 3_600_000 + SMALL_FILES
        assert path.stat().st_blocks * 512 >= 3_600_000 + SMALL_FILES
        assert reserve.missing(3_000_000) == reserve.missing(10) == 0
        assert reserve.release()
        assert not path.exists()


def test_it_is_no_larger_than_its_bound_and_grows_with_the_checkpoint(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "space.reserve")
    reserve.make(1000)
    assert reserve.missing(2000) == 2400 + SMALL_FILES
    assert reserve.missing(1 << 40) == LARGEST


def test_a_full_disk_leaves_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise NoSpace("full")

    monkeypatch.setattr(files, "_fsync", fail)
    with pytest.raises(NoSpace):
        Reserve(tmp_path / "space.reserve").make(1000)
    assert list(tmp_path.iterdir()) == []


def test_no_reserve_is_kept_where_none_is_wanted() -> None:
    reserve = Reserve(None)
    reserve.make(1000)
    assert reserve.missing(1000) == 0
    assert not reserve.release()
