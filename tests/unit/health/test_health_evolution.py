"""Checks and rebuilding of evolution: each damaged file is named, and the index comes again from the files alone."""

from pathlib import Path

import pytest

from backend.errors import Refused
from backend.evolution import folder as places
from backend.evolution import pins
from backend.evolution.keeper import EvolutionKeeper
from backend.health.check import Check
from backend.health.evolution import evolution_checks
from backend.health.rebuild import rebuild
from backend.locks import KernelLock
from backend.paths import Home
from backend.store.store import Store
from tests.makers.evolution_files import make_run


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create()
    make_run(home)
    store = Store.open(home)
    EvolutionKeeper(home, store).catch_up()
    store.close()
    return home


def step(home: Home, number: int) -> Path:
    (folder,) = places.runs(home.evolution)
    return places.place(folder, number)


def wrong(checks: list[Check]) -> list[str]:
    return [check.text for check in checks if not check.ok]


def test_files_in_order_are_counted(home: Home) -> None:
    checks = list(evolution_checks(home))
    assert wrong(checks) == []
    assert [check.text for check in checks] == ["4 of 4 snapshots verified", "0 pinned examples"]


def test_an_altered_and_a_missing_file_are_named(home: Home) -> None:
    step(home, 25).unlink()
    path = step(home, 10)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"general", b"genial!"))
    faults = wrong(list(evolution_checks(home)))
    assert len(faults) == 2
    assert str(path) in faults[0]
    assert str(step(home, 25)) in faults[1]


def test_a_file_that_is_not_indexed_is_checked_too(home: Home) -> None:
    (step(home, 10).with_name("step_000011.json")).write_bytes(b"{")
    (fault,) = wrong(list(evolution_checks(home)))
    assert "step_000011.json" in fault


def test_damaged_pins_are_named(home: Home) -> None:
    home.pins.write_bytes(b"{")
    (fault,) = wrong(list(evolution_checks(home)))
    assert str(home.pins) in fault


def test_a_rebuild_says_what_it_made_and_what_it_passed_over(home: Home) -> None:
    path = step(home, 25)
    path.chmod(0o644)
    path.write_bytes(b"{")
    damaged, made, _ = rebuild(home)
    assert (damaged.ok, str(path) in damaged.text) == (False, True)
    assert made.text == "made again from the files: 1 run, 3 snapshots"
    assert wrong(list(evolution_checks(home))) != []


def test_a_rebuild_ends_the_fault_of_a_missing_file(home: Home) -> None:
    step(home, 25).unlink()
    assert wrong(list(evolution_checks(home))) != []
    rebuild(home)
    assert wrong(list(evolution_checks(home))) == []


def test_nothing_is_rebuilt_beside_a_host(home: Home) -> None:
    lock = KernelLock(home.host_lock)
    assert lock.try_acquire()
    with pytest.raises(Refused):
        rebuild(home)
    lock.release()
    assert rebuild(home)


def test_an_analysis_that_was_altered_or_lost_is_named_and_no_rebuild_takes_it_for_good(home: Home) -> None:
    analysis = step(home, 10).with_name("analysis.json")
    analysis.chmod(0o644)
    content = analysis.read_bytes()
    analysis.write_bytes(content.replace(b"e", b"E", 1))
    rebuild(home)
    assert wrong(list(evolution_checks(home))) == [f"{analysis} is missing or altered"]
    analysis.unlink()
    assert wrong(list(evolution_checks(home))) == [f"{analysis} is missing or altered"]
    analysis.write_bytes(content)
    assert wrong(list(evolution_checks(home))) == []


def test_pins_that_were_altered_are_named_and_still_pinned(home: Home) -> None:
    pins.store(home.pins, (pins.typed("Who are you?", "I am Espalier.", "", "2026-11-25T10:00:00.000Z"),))
    assert wrong(list(evolution_checks(home))) == []
    home.pins.write_bytes(home.pins.read_bytes().replace(b"2026", b"2025"))
    assert wrong(list(evolution_checks(home))) == [f"{home.pins} is not as it was written"]
    assert len(pins.load(home.pins)) == 1
