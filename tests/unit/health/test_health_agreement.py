"""Checks of what is derived from the database, of the journal, of ledgers, and of folders that nobody knows."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from backend import files
from backend.cards import card as cards
from backend.domain.head import Checkpoint, Head
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.domain.move import MoveKind
from backend.domain.operation import OperationKind
from backend.health.check import Check
from backend.health.home import home_checks
from backend.health.rebuild import rebuild
from backend.locks import KernelLock
from backend.paths import Home
from backend.protocol.engine import Mode
from backend.store.store import Store
from tests.fakes.hosting import dataset, give_base


class Intent(msgspec.Struct, frozen=True):
    """What an operation means to do."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A job was trained for one step, and everything derived from it is written. No starter model is about."""
    for place in ("XDG_DATA_HOME", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
        monkeypatch.setenv(place, str(tmp_path / "user-data"))
    home = Home(tmp_path / "home")
    give_base(home)
    ledger = b'{"step": 1}\n'
    home.ledger(1).parent.mkdir()
    home.ledger(1).write_bytes(ledger + b'{"step": 2}\n')
    folder = home.checkpoints(1) / "000001"
    mark = {"ledger": {"bytes": len(ledger), "sha256": hashlib.sha256(ledger).hexdigest()}}
    with files.staged(folder) as staging:
        files.write(staging / "trainer_state.json", msgspec.json.encode(mark))
    with closing(Store.open(home)) as store, store.atomic():
        stored = dataset(home, "trained")
        store.datasets.put(stored)
        store.jobs.add(
            Job(
                id=0,
                dataset=stored.sha256,
                name="trained",
                priority=Priority.NORMAL,
                position=0,
                state=JobState.DONE,
                settings=JobSettings(),
                step=1,
                started_at="2026-11-25T10:00:00.000Z",
                ended_at="2026-11-25T10:00:01.000Z",
            )
        )
        store.segments.begin(1, Mode.START, 0, 0, None)
        point = Checkpoint(
            id=1,
            job=1,
            segment=1,
            step=1,
            path=folder.relative_to(home.root).as_posix(),
            sums_sha256=files.sha256(folder / files.SUMS),
            reason="end",
        )
        store.checkpoints.add(point, "tiny", 1)
        store.head.move(Head(base="tiny", checkpoint=point, total_steps=1), MoveKind.TRAINING, 1, 1)
        store.segments.end(1, 1, None)
    rebuild(home)
    return home


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with closing(Store.open(home)) as store:
        yield store


def wrong(home: Home) -> list[Check]:
    return [check for check in home_checks(home) if not check.ok]


def test_all_that_agrees_is_counted(home: Home) -> None:
    assert wrong(home) == []
    texts = {check.name: check.text for check in home_checks(home)}
    assert texts["cards"] == "4 of 4 agree with the database"
    assert texts["ledgers"] == "1 of 1 verified"
    assert texts["shown"] == "head.json, current_model, latest agree with the database"


def test_a_ledger_is_what_its_newest_checkpoint_recorded_and_may_go_on(home: Home) -> None:
    home.ledger(1).write_bytes(b'{"step": 1}\nmore')
    assert wrong(home) == []
    home.ledger(1).write_bytes(b'{"step": 3}\nmore')
    [check] = wrong(home)
    assert str(home.ledger(1)) in check.text
    home.ledger(1).unlink()
    assert [check.name for check in wrong(home)] == ["ledger trained"]


def test_an_altered_card_is_named_and_written_anew(home: Home) -> None:
    path = cards.place(home, "head", "1")
    path.write_bytes(path.read_bytes().replace(b"tiny", b"tony"))
    [check] = wrong(home)
    assert str(path) in check.text
    assert any("1 card written anew" in check.text for check in rebuild(home))
    assert wrong(home) == []


def test_a_card_that_is_still_due_is_no_fault(home: Home, store: Store) -> None:
    store.head.move(Head(base="tiny"), MoveKind.USE)
    assert not [check for check in wrong(home) if check.name == "card"]


def test_what_shows_another_head_is_named(home: Home) -> None:
    home.current_model.unlink()
    home.head_card.write_bytes(home.head_card.read_bytes() + b" ")
    assert [check.name for check in wrong(home)] == ["head.json", "current_model"]
    rebuild(home)
    assert wrong(home) == []


def test_an_operation_that_never_ended_is_named_unless_a_host_carries_it_out(home: Home, store: Store) -> None:
    store.operations.begin(OperationKind.VERIFY, "v001", Intent())
    [check] = wrong(home)
    assert "verify v001 was begun" in check.text
    with KernelLock(home.host_lock):
        assert wrong(home) == []


@pytest.mark.parametrize(
    "name", ["runs/000001/checkpoints/000009", "models/versions/v009_20261125_100000_x", "snapshots/2026-11-25"]
)
def test_a_folder_that_nobody_knows_is_named(home: Home, name: str) -> None:
    (home.root / name).mkdir(parents=True)
    [check] = wrong(home)
    assert (check.text, check.ok) == (f"{home.root / name} is known to nobody", False)


def test_the_trash_is_told_and_is_no_fault(home: Home) -> None:
    (home.trash / "daily-2026-11-25-1764097000000000000").mkdir()
    [trash] = [check for check in home_checks(home) if check.name == "trash"]
    assert (trash.ok, trash.text) == (True, "1 entry, 0.0 MB")


def test_what_is_read_back_is_told(home: Home) -> None:
    told: dict[str, int] = {}

    def watch(what: str) -> files.Heed:
        def heed(more: int) -> None:
            told[what] = told.get(what, 0) + more

        return heed

    list(home_checks(home, watch))
    assert told.keys() == {"base tiny", "checkpoint 1", "file trained"}
    assert all(told.values())
