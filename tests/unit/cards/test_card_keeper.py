"""Cards follow the rows: written after the commit, only what changed, and whole again after damage."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from backend.cards import card as cards
from backend.cards.keeper import AT_ONCE, CardKeeper
from backend.domain.head import Checkpoint, Head
from backend.domain.job import Job, JobSettings, JobState, Priority, advance
from backend.domain.move import MoveKind
from backend.errors import Damaged
from backend.paths import Home
from backend.protocol.engine import Mode
from backend.store.journal import Fact
from backend.store.store import Store
from tests.fakes.hosting import dataset, give_base


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    give_base(home)
    return home


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    store = Store.open(home)
    yield store
    store.close()


def queued(home: Home, store: Store, name: str) -> Job:
    stored = dataset(home, name)
    store.datasets.put(stored)
    job = Job(
        id=0,
        dataset=stored.sha256,
        name=name,
        priority=Priority.NORMAL,
        position=0,
        state=JobState.QUEUED,
        settings=JobSettings(learning_rate=0.1 + 0.2),
    )
    return store.jobs.add(job)


def begin(store: Store, job: Job) -> None:
    store.jobs.put(msgspec.structs.replace(advance(job, JobState.RUNNING), started_at="2026-11-25T10:00:00.000Z"))
    store.segments.begin(job.id, Mode.START, 0, 0, None)


def names(home: Home) -> set[str]:
    return {path.name for path in cards.places(home)}


def test_a_job_that_waits_has_no_card_and_one_that_begins_has(home: Home, store: Store) -> None:
    keeper = CardKeeper(home, store)
    job = queued(home, store, "first")
    keeper.close()
    assert not home.job_card(job.id).exists()
    assert cards.numbers_of(cards.read(cards.place(home, "numbers", "all")))["jobs"] == 1
    begin(store, job)
    keeper.close()
    card = cards.read(home.job_card(job.id))
    assert card.rows["jobs"][0]["settings"]["learning_rate"] == 0.1 + 0.2
    assert card.rows["datasets"][0]["name"] == "first"
    assert [row["mode"] for row in card.rows["segments"]] == ["start"]


def test_what_is_due_stays_so_until_it_is_written(home: Home, store: Store) -> None:
    store.facts.put(Fact.HELD_AT, "2026-11-25T10:00:00.000Z")
    store.facts.put(Fact.INBOX, "not worth a card")
    due = set(store.cards.due(100))
    assert due == {("base", "tiny"), ("head", "1"), ("moves", "0"), ("fact", "held_at")}
    CardKeeper(home, store).close()
    assert store.cards.due(100) == []
    assert names(home) == {
        "base-tiny.json",
        "head-000001.json",
        "moves-000000.json",
        "fact-held_at.json",
        "numbers-all.json",
    }
    store.facts.put(Fact.HELD_AT, None)
    CardKeeper(home, store).close()
    assert "fact-held_at.json" not in names(home)


def test_a_change_that_was_taken_back_is_not_due(home: Home, store: Store) -> None:
    CardKeeper(home, store).close()

    def change() -> None:
        with store.atomic():
            store.facts.put(Fact.HELD_AT, "now")
            assert store.cards.due(100)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert store.cards.due(100) == []


def test_a_checkpoint_makes_its_job_and_its_move_due_and_no_other(home: Home, store: Store) -> None:
    first, second = queued(home, store, "first"), queued(home, store, "second")
    for job in (first, second):
        begin(store, job)
    CardKeeper(home, store).close()
    point = Checkpoint(id=1, job=1, segment=1, step=5, path="runs/x", sums_sha256="0" * 64, reason="interval")
    store.checkpoints.add(point, "tiny", 5)
    store.head.move(Head(base="tiny", checkpoint=point, total_steps=5), MoveKind.TRAINING, first.id, 1)
    assert set(store.cards.due(100)) == {("job", "1"), ("head", "1"), ("moves", "0")}


def test_moves_lie_by_the_hundred_and_few_cards_are_written_at_once(home: Home, store: Store) -> None:
    with store.atomic():
        for _ in range(AT_ONCE * 100 + 50):
            store.head.move(Head(base="tiny"), MoveKind.USE)
    keeper = CardKeeper(home, store)
    keeper.tick()
    assert len(store.cards.due(1000)) == 3
    keeper.close()
    assert len(cards.read(cards.place(home, "moves", "3")).rows["head_moves"]) == 100


def test_what_is_as_it_should_be_is_not_written_again_and_damage_is_mended(home: Home, store: Store) -> None:
    keeper = CardKeeper(home, store)
    keeper.close()
    assert keeper.write_all() == 0
    path = cards.place(home, "head", "1")
    path.write_bytes(path.read_bytes().replace(b"tiny", b"tony"))
    with pytest.raises(Damaged, match=r"head-000001\.json is not what was written"):
        cards.read(path)
    assert keeper.write_all() == 1
    assert cards.read(path).rows["head"][0]["base"] == "tiny"


def test_a_row_may_change_again_while_its_card_is_due_whatever_the_statement(home: Home, store: Store) -> None:
    base = store.bases.get("tiny")
    for _ in range(2):
        store.bases.put(base)  # an upsert, whose way of meeting conflicts holds in its triggers too
        store.head.put(Head(base="tiny"))  # insert or replace
        store.facts.put(Fact.HELD_AT, "now")
    assert {("base", "tiny"), ("head", "1"), ("fact", "held_at")} <= set(store.cards.due(100))


def test_a_disk_that_refuses_only_puts_writing_off(home: Home, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = CardKeeper(home, store)
    due = store.cards.due(100)
    with monkeypatch.context() as broken:
        broken.setattr("backend.files.write", refuse)
        keeper.tick()
        keeper.close()
    assert store.cards.due(100) == due
    keeper.close()
    assert store.cards.due(100) == []


def refuse(_path: Path, _content: bytes) -> str:
    raise PermissionError(13, "Permission denied")
