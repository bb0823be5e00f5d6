"""What a home holds, said so that two homes compare: read from database and folders, without the application."""

import hashlib
import json
import os
import re
import sqlite3
from pathlib import Path
from typing import Any

from tests.faults.verifier import database

CHANGING = re.compile(r"\d{8}_\d{6}(?:_\d+)?(?:-\d{1,2}\b)?|\d{16,}|\d{4}-\d\d-\d\d")
"""Times, and the number behind one that two folders of a second have."""
UNSTABLE = ("espalier.db", "control", "logs", "host.json", "espalier.lock", "engine.lock", "inbox/README.txt")
"""What every start writes anew."""
QUESTIONS = {
    "jobs": "select id, dataset, state, priority, position, step, attempts from jobs order by id",
    "head": "select base, checkpoint, total_steps from head",
    "moves": "select kind, base_after, checkpoint_after, state from head_moves order by id",
    "checkpoints": "select id, step, state from checkpoints order by id",
    "bases": "select slug from bases order by slug",
    "versions": "select id, condition, tags from versions order by number",
    "dailies": "select day, checkpoint, state from dailies order by sequence",
}


def standing(home: Path) -> dict[str, Any]:
    """What a user would call the state of the home; times and names made of times count as equal."""
    with database(home) as db:
        state: dict[str, Any] = {
            name: [tuple(row) for row in db.execute(question)] for name, question in QUESTIONS.items()
        }
        rows = db.execute("select card, here, second from backups").fetchall()
    state["backups"] = sorted(_copy(row, "here") for row in rows)
    state["second copies"] = sorted(_copy(row, "second") for row in rows if row["second"] is not None)
    state["folders"] = _folders(home, "models/versions/*", "models/versions/*/*", "snapshots/*", "trash/*")
    state["backup folders"] = _folders(home, "models/backups/*/*")
    state["second folders"] = _folders(home, "../second/*/*")
    return state


def _folders(home: Path, *patterns: str) -> list[str]:
    places = [(home / pattern.partition("*")[0], pattern) for pattern in patterns]
    found = [path for top, pattern in places for path in top.glob(pattern.removeprefix(pattern.partition("*")[0]))]
    return sorted(CHANGING.sub("*", os.path.relpath(path, home)) for path in found)


def _copy(row: sqlite3.Row, place: str) -> tuple[str, ...]:
    card, copy = json.loads(row["card"]), json.loads(row[place])
    return (card["type"], card["subject"], CHANGING.sub("*", card["of"]), copy["condition"])


def contents(home: Path) -> dict[str, str]:
    """Every file with the hash of its bytes, and every link with its target, but for what each start writes anew."""
    found = {}
    for path in home.rglob("*"):
        name = path.relative_to(home).as_posix()
        if name.startswith(UNSTABLE):
            continue
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            found[name] = "folder"
    with database(home) as db:
        tables = [row[0] for row in db.execute("select name from sqlite_master where type = 'table' order by name")]
        for table in tables:
            found[f"table {table}"] = repr([tuple(row) for row in db.execute(f'select * from "{table}"')])
    return found
