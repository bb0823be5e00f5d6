"""Checks of a home: each kind of damage is found and named, and nothing is written."""

from pathlib import Path

import pytest

from backend.datasets.intake import take_in
from backend.domain.job import JobSettings, Priority
from backend.health.check import Check
from backend.health.home import home_checks
from backend.outbox import Outbox
from backend.paths import Home
from backend.queue.desk import Desk
from backend.store.store import Store
from tests.fakes.hosting import give_base


@pytest.fixture
def used(tmp_path: Path) -> Home:
    """A home with a base and one queued file."""
    home = Home(tmp_path / "home")
    give_base(home)
    source = tmp_path / "rows.jsonl"
    source.write_text('{"text": "one"}\n', encoding="utf-8")
    store = Store.open(home)
    Desk(store, Outbox()).enqueue(take_in(home, source), Priority.NORMAL, JobSettings(), False)
    store.close()
    return home


def wrong(home: Home) -> list[Check]:
    return [check for check in home_checks(home) if not check.ok]


def test_a_home_in_order_has_no_fault(used: Home) -> None:
    assert wrong(used) == []
    assert {check.name for check in home_checks(used)} >= {"home", "disk", "database", "bases", "checkpoints", "files"}


def test_a_home_that_was_never_used_has_no_fault_and_stays_away(tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "home")
    assert wrong(home) == []
    assert not home.root.exists()


def test_an_altered_training_file_is_named(used: Home) -> None:
    [stored] = used.datasets.iterdir()
    stored.chmod(0o644)
    stored.write_text('{"text": "two"}\n', encoding="utf-8")
    [check] = wrong(used)
    assert check.name == "file rows.jsonl"
    assert check.hint


def test_an_altered_base_is_named(used: Home) -> None:
    [weights] = used.bases.glob("*/model.safetensors")
    weights.write_bytes(b"weightz")
    [check] = wrong(used)
    assert str(weights) in check.text


def test_a_database_that_is_none_is_a_fault(used: Home) -> None:
    used.database.write_bytes(b"this is no database at all" * 100)
    [check] = wrong(used)
    assert check.name == "database"


def test_settings_that_cannot_be_read_are_a_fault(used: Home) -> None:
    used.config.write_text("job = 3", encoding="utf-8")
    [check] = wrong(used)
    assert check.name == "settings"


def test_too_little_space_is_a_fault(used: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.files.RESERVE_BYTES", 1 << 62)
    [check] = wrong(used)
    assert check.name == "disk"
