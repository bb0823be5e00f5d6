"""A move never overwrites: names that are taken get a number, long ones are cut."""

import os
from pathlib import Path

import pytest

from backend.free_place import LONGEST, free_place


def test_a_free_name_is_kept_and_a_taken_one_gets_a_number(tmp_path: Path) -> None:
    assert free_place(tmp_path, "rows.jsonl") == tmp_path / "rows.jsonl"
    (tmp_path / "rows.jsonl").touch()
    (tmp_path / "rows-2.jsonl").mkdir()
    assert free_place(tmp_path, "rows.jsonl").name == "rows-3.jsonl"


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only some users make links")
def test_a_link_that_leads_nowhere_is_in_the_way_too(tmp_path: Path) -> None:
    (tmp_path / "rows").symlink_to(tmp_path / "nothing")
    assert free_place(tmp_path, "rows").name == "rows-2"


@pytest.mark.parametrize("name", ["x" * 249 + ".jsonl", "ä" * 124 + ".jsonl", "." + "x" * 254, "x." + "y" * 253])
def test_a_longest_name_is_cut_so_that_it_can_be_written(tmp_path: Path, name: str) -> None:
    for _ in range(12):
        place = free_place(tmp_path, name, LONGEST - 11)
        assert len(os.fsencode(place.name)) <= LONGEST - 11
        place.touch()
    assert len(list(tmp_path.iterdir())) == 12


def test_what_else_must_hold_is_asked(tmp_path: Path) -> None:
    assert free_place(tmp_path, "a", fits=lambda place: place.name != "a").name == "a-2"
