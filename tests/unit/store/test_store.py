"""What is written comes back; transactions hold; newer databases are refused; old ones are copied first."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from backend.domain.dataset import BadLine, Dataset, Report
from backend.domain.head import AdapterSettings, Base, Checkpoint, Head
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.domain.move import MoveKind
from backend.errors import Damaged, Refused, WrongUse
from backend.paths import Home
from backend.protocol.engine import Mode, Outcome
from backend.store import database
from backend.store.checkpoints import Condition
from backend.store.jobs import STRIDE
from backend.store.journal import Fact
from backend.store.store import Store

DATASET = Dataset(
    sha256="d" * 64,
    name="rows.jsonl",
    bytes=10,
    report=Report(rows=3, refused=1, formats={"text": 3}, bad=(BadLine(line=2, reason="no", remedy="mend"),)),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create()
    return home


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    store = Store.open(home)
    yield store
    store.close()


def new_job(store: Store, priority: Priority = Priority.NORMAL, state: JobState = JobState.QUEUED) -> Job:
    store.datasets.put(DATASET)
    job = Job(
        id=0,
        dataset=DATASET.sha256,
        name="rows.jsonl",
        priority=priority,
        position=0,
        state=state,
        settings=JobSettings(epochs=3),
        created_at="now",
    )
    return store.jobs.add(job)


def point(store: Store, job: Job, sequence: int, step: int, segment: int = 1) -> Checkpoint:
    made = Checkpoint(
        id=sequence, job=job.id, segment=segment, step=step, path=f"runs/{sequence}", sums_sha256="s", reason="interval"
    )
    store.checkpoints.add(made, "base", 100 + step)
    return made


def test_job_comes_back_as_it_was_written(store: Store) -> None:
    job = new_job(store, Priority.HIGH)
    assert (job.id, job.position) == (1, STRIDE)
    assert store.jobs.get(1) == job
    changed = msgspec.structs.replace(job, state=JobState.RUNNING, step=3, loss=1.5, started_at="then", hint="h")
    store.jobs.put(changed)
    assert store.jobs.get(1) == changed
    assert store.jobs.holder() == changed


def test_unknown_names_are_wrong_use(store: Store) -> None:
    for look in (lambda: store.jobs.get(7), lambda: store.bases.get("none"), lambda: store.datasets.get("none")):
        with pytest.raises(WrongUse):
            look()


def test_dataset_and_base_come_back(store: Store) -> None:
    store.datasets.put(DATASET)
    assert store.datasets.get(DATASET.sha256) == DATASET
    base = Base(slug="b", path="/b", sha256="x", parameters=5, context=9)
    store.bases.put(base)
    assert store.bases.all() == [base]


def test_a_base_changes_as_often_as_it_likes_before_its_card_is_written(store: Store) -> None:
    for path in ("/bases/tiny", "/moved/tiny", "/moved/again/tiny"):
        store.bases.put(Base(slug="tiny", path=path, sha256="b" * 64))
    assert store.bases.get("tiny").path == "/moved/again/tiny"
    assert store.cards.due(10) == [("base", "tiny")]


def test_head_moves_once_a_segment_and_remembers_where_it_came_from(store: Store) -> None:
    store.bases.put(Base(slug="base", path="/b", sha256="x"))
    job = new_job(store)
    store.head.move(Head(base="base", adapter=AdapterSettings(r=4)), MoveKind.USE)
    first, second = point(store, job, 1, 5), point(store, job, 2, 9)
    for made in (first, second):
        head = msgspec.structs.replace(store.head.get(), checkpoint=made, total_steps=made.step)
        store.head.move(head, MoveKind.TRAINING, job.id, 1)
    assert store.head.get() == Head(base="base", adapter=AdapterSettings(r=4), checkpoint=second, total_steps=9)
    assert store.checkpoints.needed() == {2}
    moves = rows(store, "select kind, checkpoint_before, checkpoint_after, total_after from head_moves")
    assert moves == [("use", None, None, 0), ("training", None, 2, 9)]


def test_lineage_ends_where_the_base_was_chosen(store: Store) -> None:
    store.bases.put(Base(slug="base", path="/b", sha256="x"))
    job = new_job(store)
    for segment, sequence in ((1, 1), (2, 2), (2, 3)):
        if sequence == 2:
            store.head.move(Head(base="base"), MoveKind.USE)
        made = point(store, job, sequence, sequence, segment)
        store.head.move(Head(base="base", checkpoint=made, total_steps=sequence), MoveKind.TRAINING, job.id, segment)
    assert [stored.checkpoint.id for stored in store.checkpoints.lineage_before(4)] == [3, 2]
    store.checkpoints.mark(3, Condition.DAMAGED)
    assert [stored.checkpoint.id for stored in store.checkpoints.lineage_before(4)] == [2]
    assert [stored.checkpoint.id for stored in store.checkpoints.of_job(job.id)] == [2, 1]


def test_sequence_numbers_never_come_twice(store: Store) -> None:
    store.bases.put(Base(slug="base", path="/b", sha256="x"))
    job = new_job(store)
    point(store, job, 4, 1)
    store.checkpoints.mark(4, Condition.GONE)
    assert store.checkpoints.last_sequence() == 4
    assert store.checkpoints.of_job(job.id) == []
    assert [stored.checkpoint.id for stored in store.checkpoints.gone(job.id)] == [4]


def test_segments_count_within_the_job_and_end_once(store: Store) -> None:
    job = new_job(store)
    assert store.segments.begin(job.id, Mode.START, 0, 7, None) == 1
    assert store.segments.begin(job.id, Mode.RESUME, 5, 12, None) == 2
    assert store.segments.totals(job.id, 2) == (5, 12)
    store.segments.end(job.id, 1, Outcome.STOPPED)
    store.segments.end(job.id, 1, None)
    assert rows(store, "select outcome from segments order by number") == [("stopped",), (None,)]


def test_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.atomic():
            new_job(store)
            with store.atomic():
                store.facts.put(Fact.TRAINING, "yes")
            raise WrongUse("no")

    with pytest.raises(WrongUse):
        fail()
    assert store.jobs.live() == []
    assert store.facts.get(Fact.TRAINING) is None


def test_job_of_an_unknown_dataset_is_refused(store: Store) -> None:
    job = new_job(store)
    with pytest.raises(sqlite3.IntegrityError):
        store.jobs.add(msgspec.structs.replace(job, dataset="e" * 64))


def test_facts_and_audit_trail(store: Store) -> None:
    job = new_job(store)
    store.facts.put(Fact.HELD_REASON, "lunch")
    store.facts.put(Fact.HELD_REASON, "dinner")
    assert store.facts.get(Fact.HELD_REASON) == "dinner"
    store.facts.put(Fact.HELD_REASON, None)
    assert store.facts.get(Fact.HELD_REASON) is None
    store.journal.add("queued", job.id, "by hand")
    assert [(entry.what, entry.reason) for entry in store.journal.of_job(job.id)] == [("queued", "by hand")]


def test_opening_again_keeps_everything_and_copies_nothing(home: Home) -> None:
    store = Store.open(home)
    job = new_job(store)
    store.close()
    again = Store.open(home)
    assert again.jobs.get(job.id) == job
    again.close()
    assert [path.name for path in home.root.glob("*.db*")] == ["espalier.db"]


def test_newer_database_is_refused_and_untouched(home: Home) -> None:
    Store.open(home).close()
    with sqlite3.connect(home.database) as connection:
        connection.execute(f"pragma user_version={database.SCHEMA_VERSION + 1}")
    connection.close()
    before = home.database.read_bytes()
    for opened in (Store.open, Store.open_for_reading):
        with pytest.raises(Refused, match="newer"):
            opened(home)
    assert home.database.read_bytes() == before


def test_existing_database_is_copied_before_its_tables_change(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(home)
    new_job(store)
    store.close()
    now, newer = database.SCHEMA_VERSION, database.SCHEMA_VERSION + 1
    monkeypatch.setattr(database, "SCHEMA_VERSION", newer)
    Store.open(home).close()
    copy = home.root / f"espalier-before-schema-{newer}.db"
    connection = sqlite3.connect(copy)
    assert connection.execute("select count(*) from jobs").fetchone() == (1,)
    assert connection.execute("pragma user_version").fetchone() == (now,)
    connection.close()


def test_journal_of_a_killed_writer_is_rolled_back_by_the_next_reader(home: Home) -> None:
    store = Store.open(home)
    new_job(store)
    store.close()
    connection = sqlite3.connect(home.database, isolation_level=None)
    connection.execute("pragma cache_size=1")
    connection.execute("begin immediate")
    connection.executemany("insert into events (at, what, reason) values (?, '', '')", [("x" * 500,)] * 500)
    torn, journal = home.database.read_bytes(), (home.root / "espalier.db-journal").read_bytes()
    connection.execute("rollback")
    connection.close()
    home.database.write_bytes(torn)
    (home.root / "espalier.db-journal").write_bytes(journal)
    reader = Store.open_for_reading(home)
    assert len(reader.jobs.live()) == 1
    assert rows(reader, "select count(*) from events") == [(0,)]
    reader.close()


def test_reader_cannot_write(home: Home) -> None:
    Store.open(home).close()
    reader = Store.open_for_reading(home)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.facts.put(Fact.TRAINING, "yes")
    reader.close()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_write_ahead_log_only_where_it_is_sound(version: tuple[int, int, int], safe: bool) -> None:
    assert database.wal_is_safe(version) is safe


@pytest.mark.parametrize("opened", [database.open_database, database.open_for_reading])
def test_a_file_that_is_no_database_is_damage_and_names_the_way_out(
    tmp_path: Path, opened: Callable[[Path], sqlite3.Connection]
) -> None:
    path = tmp_path / "espalier.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(Damaged, match=r"espalier\.db cannot be read") as damaged:
        opened(path)
    assert "doctor --rebuild" in damaged.value.hint
    assert path.read_bytes() == b"no database at all" * 100


def test_next_of_a_hundred_thousand_is_found_in_five_milliseconds(store: Store) -> None:
    with store.atomic():
        job = new_job(store, Priority.LOW)
        values = ((job.dataset, number % 3, number) for number in range(1, 100_001))
        store._db.executemany(
            "insert into jobs (dataset, name, priority, position, state, settings, rows, step, total_steps, attempts,"
            " reason, hint, created_at) values (?, 'n', ?, ?, 'queued', '{}', 0, 0, 0, 0, '', '', '')",
            values,
        )
    took = []
    for _ in range(5):
        before = time.perf_counter()
        assert store.jobs.holder() is None
        assert store.jobs.stopped() is None
        first = store.jobs.first_waiting()
        took.append(time.perf_counter() - before)
        assert first is not None
        assert (first.priority, first.position) == (Priority.HIGH, 3)
    assert min(took) < 0.005


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store._db.execute(query)]
