"""The tables, as named migrations that are applied once each, in order (sqlite-utils Migrations)."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("espalier")

TABLES = """
create table datasets (
    sha256 text primary key,
    name text not null,
    bytes integer not null,
    report text not null,
    added_at text not null
);
create table jobs (
    id integer primary key autoincrement,
    dataset text not null references datasets(sha256),
    name text not null,
    priority integer not null,
    position integer not null,
    state text not null,
    settings text not null,
    rows integer not null,
    step integer not null,
    total_steps integer not null,
    attempts integer not null,
    loss real,
    heldout_first real,
    heldout_last real,
    reason text not null,
    hint text not null,
    created_at text not null,
    started_at text,
    ended_at text,
    token_budget integer not null default 0
);
create index jobs_waiting on jobs(priority, position) where state in ('queued', 'skipped');
create index jobs_begun on jobs(state) where started_at is not null and state not in ('done', 'failed', 'removed');
create index jobs_dataset on jobs(dataset);
create table bases (
    slug text primary key,
    path text not null,
    sha256 text not null,
    card text not null
);
create table checkpoints (
    id integer primary key,
    job integer not null references jobs(id),
    segment integer not null,
    step integer not null,
    path text not null,
    sums_sha256 text not null,
    reason text not null,
    loss real,
    created_at text not null,
    base text not null references bases(slug),
    total_steps integer not null,
    state text not null default 'whole'
);
create index checkpoints_job on checkpoints(job, id);
create table segments (
    id integer primary key autoincrement,
    job integer not null references jobs(id),
    number integer not null,
    mode text not null,
    from_step integer not null,
    total_before integer not null,
    head_before integer references checkpoints(id),
    started_at text not null,
    ended_at text,
    outcome text,
    unique (job, number)
);
create table head (
    one integer primary key check (one = 1),
    base text references bases(slug),
    adapter text not null,
    checkpoint integer references checkpoints(id),
    total_steps integer not null
);
create table head_moves (
    id integer primary key autoincrement,
    kind text not null,
    at text not null,
    job integer references jobs(id),
    segment integer,
    base_before text,
    base_after text,
    checkpoint_before integer references checkpoints(id),
    checkpoint_after integer references checkpoints(id),
    total_before integer not null,
    total_after integer not null
);
create index head_moves_before on head_moves(checkpoint_before);
create index head_moves_after on head_moves(checkpoint_after);
create table events (
    id integer primary key autoincrement,
    at text not null,
    job integer references jobs(id),
    what text not null,
    reason text not null
);
create index events_job on events(job, id);
create table facts (
    name text primary key,
    value text not null
);
"""


@migrations()
def m001_first_tables(db: Database) -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)


@migrations()
def m002_places_and_removals(db: Database) -> None:
    """Positions lie apart from here on; a removed job knows the state it had."""
    db.conn.execute("alter table jobs add column removed_from text")
    db.conn.execute("update jobs set position = position * 1048576")
    db.conn.execute("create index jobs_place on jobs(priority, position)")


@migrations()
def m003_undo_and_dailies(db: Database) -> None:
    """Daily snapshots have rows. Moves know the adapter's shape before and after them, and whether they were undone.

    Of older moves the shape is known where the head has had one base alone since.
    """
    state = "state text not null default 'standing'"
    for column in ("adapter_before text", "adapter_after text", state, "undo integer"):
        db.conn.execute(f"alter table head_moves add column {column}")
    used = "(select coalesce(max(id), 0) from head_moves where kind = 'use')"
    db.conn.execute(f"update head_moves set adapter_after = (select adapter from head) where id >= {used}")
    db.conn.execute(
        f"update head_moves set adapter_before = (select adapter from head) where id > {used} or base_before is null"
    )
    db.conn.execute("create index head_moves_state on head_moves(state, id)")
    db.conn.execute("create index head_moves_segment on head_moves(job, segment)")
    db.conn.execute(
        "create table dailies (sequence integer primary key, day text not null, path text not null,"
        " sums_sha256 text not null, bytes integer not null, checkpoint integer not null, taken_at text not null,"
        " state text not null default 'whole')"
    )
    db.conn.execute("create table undos (id integer primary key autoincrement, at text not null, jobs text not null)")


@migrations()
def m004_evolution(db: Database) -> None:
    """The index of evolution, which the files can make again: so it refers to no other table.

    Segments know the folder that their snapshots go into, and what their run began as.
    """
    db.conn.execute(
        "create table evolution_runs (id integer primary key autoincrement, folder text not null unique,"
        " job integer not null, dataset text not null, dataset_name text not null, base text not null,"
        " origin text not null, begun_at text not null, total_steps integer not null,"
        " ended integer not null default 0)"
    )
    db.conn.execute("create index evolution_runs_dataset on evolution_runs(dataset, id)")
    run = "run integer not null references evolution_runs(id) on delete cascade"
    db.conn.execute(
        f"create table evolution_examples ({run}, number integer not null, example_id text not null,"
        " card text not null, primary key (run, number), unique (run, example_id))"
    )
    db.conn.execute(
        f"create table evolution_snapshots ({run}, step integer not null, file text not null, sha256 text not null,"
        " taken_at text not null, reason text not null, head_steps integer not null, summary text not null,"
        " figures blob not null, primary key (run, step))"
    )
    for column in ("evolution_folder text", "evolution_origin text"):
        db.conn.execute(f"alter table segments add column {column}")


@migrations()
def m005_versions_backups_operations(db: Database) -> None:
    """Versions, backups, and the journal of operations on them. Undo has a floor (facts)."""
    db.conn.execute(
        "create table versions (number integer primary key, id text not null unique, card text not null,"
        " path text not null, sums_sha256 text not null, bytes integer not null, tags text not null default '[]',"
        " condition text not null default 'whole', verified_at text)"
    )
    db.conn.execute(
        "create table backups (sequence integer primary key autoincrement, id text not null unique, card text not null,"
        " path text not null, sums_sha256 text not null, here text not null, second text)"
    )
    db.conn.execute(
        "create table operations (id integer primary key autoincrement, kind text not null, subject text not null,"
        " intent text not null, state text not null, step text not null default '', text text not null default '',"
        " hint text not null default '', exit_status integer not null default 0, begun_at text not null, ended_at text)"
    )
    db.conn.execute("create index operations_unfinished on operations(id) where state = 'running'")


@migrations()
def m006_cards(db: Database) -> None:
    """What folders could not tell is written beside them as cards; each change of a row makes its card due.

    Jobs that only wait have none but their number: they are many and are not worth a durable write each.
    """
    db.conn.execute(
        "create table cards_due (kind text not null, key text not null, primary key (kind, key)) without rowid"
    )
    began = "(new.started_at is not null or new.ended_at is not null)"
    _make_due(db, "jobs", "job", "id", began, also_once_it_was="old.started_at is not null or old.ended_at is not null")
    _make_due(db, "segments", "job", "job")
    _make_due(db, "checkpoints", "job", "job")
    _make_due(db, "head_moves", "moves", "id / 100")
    _make_due(db, "undos", "undos", "id / 100")
    for table, kind, key in (
        ("bases", "base", "slug"),
        ("versions", "version", "id"),
        ("backups", "backup", "sequence"),
        ("dailies", "daily", "sequence"),
        ("head", "head", "one"),
    ):
        _make_due(db, table, kind, key)
    # SHA-256 by name of what was written at a run's end, for doctor.
    db.conn.execute("alter table evolution_runs add column endings text not null default '{}'")
    # The snapshots' files tell all of a run but its number.
    _make_due(db, "evolution_runs", "runs", "id / 100")
    db.conn.execute(
        "create trigger evolution_runs_end_due after delete on evolution_runs"
        f" begin {_is_due('runs', 'old.id / 100')} end"
    )
    lasting = "new.name not in ('inbox', 'skip', 'training')"
    _make_due(db, "facts", "fact", "name", lasting)
    db.conn.execute(
        f"create trigger facts_end_due after delete on facts when {lasting.replace('new.', 'old.')}"
        f" begin {_is_due('fact', 'old.name')} end"
    )


def _is_due(kind: str, key: str) -> str:
    """Marks a card once. Without a conflict clause: in a trigger that of the outer statement would hold instead."""
    return (
        f"insert into cards_due select '{kind}', cast({key} as text) where not exists"
        f" (select 1 from cards_due where kind = '{kind}' and key = cast({key} as text));"
    )


def _make_due(db: Database, table: str, kind: str, key: str, when: str = "true", also_once_it_was: str = "") -> None:
    """Triggers of a table, and the rows that it has already."""
    new_key = f"new.{key}"
    for event in ("insert", "update"):
        condition = f"{when} or {also_once_it_was}" if event == "update" and also_once_it_was else when
        db.conn.execute(
            f"create trigger {table}_{event}_due after {event} on {table} when {condition}"
            f" begin {_is_due(kind, new_key)} end"
        )
    there = when.replace("new.", "")
    db.conn.execute(f"insert or ignore into cards_due select '{kind}', {key} from {table} where {there}")


def apply(db: Database) -> None:
    """Bring the tables to this version of the program."""
    migrations.apply(db)
