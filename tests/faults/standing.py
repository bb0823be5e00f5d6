"""What a home holds, said so that two homes compare: read from database and folders, without the application."""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.verifier import _database as database

CHANGING = re.compile(r"\d{8}_\d{6}(?:_\d+)?|\d{16,}|\d{4}-\d\d-\d\d")
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
        state["backups"] = sorted(_backup(row) for row in db.execute("select card, here, second from backups"))
    state["folders"] = _folders(home, "models/versions", "snapshots", "trash")
    state["backup folders"] = _folders(home, "models/backups")
    return state


def _folders(home: Path, *tops: str) -> Counter[str]:
    """What lies below each, two levels deep."""
    paths = [path for top in tops for pattern in ("*", "*/*") for path in (home / top).glob(pattern)]
    return Counter(CHANGING.sub("*", path.relative_to(home).as_posix()) for path in paths)


def _backup(row: sqlite3.Row) -> tuple[str, ...]:
    card = json.loads(row["card"])
    copies = [json.loads(row[place])["condition"] if row[place] else "" for place in ("here", "second")]
    return (card["type"], card["subject"], CHANGING.sub("*", card["of"]), *copies)


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
