"""Checks from outside of what keeps training safe: versions, backups, dailies, evolution, trash, operations, cards."""

import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.faults.artefact import damage, hash_of, inodes, leads_to

FLOOR = 3
VERSION = re.compile(r"v\d{3,9}_\d{8}_\d{6}_[a-z0-9-]{1,60}")
TRASHED = re.compile(r"[a-z_]+-.+-\d{18,19}", re.DOTALL)
TYPES = ("pre_consolidation", "pre_deletion", "emergency", "manual")
IN_BACKUPS = (*TYPES, "bases", "trash", "second_locations.json")
THERE = ("whole", "damaged")


class Safekeeping:
    """One method a kind of artefact."""

    def __init__(self, home: Path, db: sqlite3.Connection, hosted: bool) -> None:
        self._home = home
        self._db = db
        self._hosted = hosted
        self._roots = {"here": home / "models" / "backups", "second": _second(home)}

    def all(self) -> Iterator[str]:
        yield from self._bases()
        yield from self._versions()
        yield from self._latest()
        yield from self._backups()
        yield from self._floor()
        yield from self._dailies()
        yield from self._evolution()
        yield from self._operations()
        yield from self._trash()
        yield from self._orphans()
        yield from self._cards()

    def _bases(self) -> Iterator[str]:
        """I4: what the head stands on, and every base below the home, byte for byte. Rows name them by whole paths."""
        versions = {row["id"]: row["condition"] for row in self._db.execute("select id, condition from versions")}
        head = self._db.execute("select base from head").fetchone()
        for row in self._db.execute("select * from bases"):
            path, slug = self._home / "models/base" / Path(row["path"]).name, row["slug"]
            if versions.get(slug) in ("trash", "gone"):
                if head is not None and head["base"] == slug:
                    yield f"I4 the head stands on {slug}, which is {versions[slug]}"
            elif slug not in versions and (path.exists() or self._home in Path(row["path"]).parents):
                yield from (f"I4 base {slug}: {fault}" for fault in damage(path, row["sha256"]))

    def _versions(self) -> Iterator[str]:
        """I4 and I6: every version that counts is whole and says who it is; every other is not there."""
        highest, tags = 0, _json(self._home / "models/versions/tags.json", {})
        for row in self._db.execute("select * from versions"):
            folder, name = self._home / row["path"], row["id"]
            highest = max(highest, row["number"])
            if row["condition"] in ("trash", "gone") and folder.exists():
                yield f"I6 version {name} is {row['condition']}, and its folder is there"
            if row["condition"] != "whole":
                continue
            yield from (f"I4 version {name}: {fault}" for fault in damage(folder, row["sums_sha256"]))
            yield from (f"I4 version {name}: {fault}" for fault in _told(folder, row["number"]))
            card = json.loads(row["card"])
            if tags.get(name, card["tags"]) != json.loads(row["tags"]):
                yield f"I6 tags.json gives {name} other tags than the database"
        given = self._home / "models/versions/last_number.txt"
        if given.is_file() and int(given.read_text()) < highest:
            yield f"I6 last_number.txt is below {highest}, which was given"

    def _latest(self) -> Iterator[str]:
        rows = self._db.execute("select path from versions where condition in ('whole', 'damaged') order by number")
        paths = [self._home / row["path"] for row in rows]
        if (shown := leads_to(self._home / "models/versions/latest")) != (paths[-1] if paths else None):
            yield f"I6 latest leads to {shown}, the newest version is {paths[-1] if paths else None}"

    def _backups(self) -> Iterator[str]:
        """I5 and I6: each copy that counts is whole with its base; a folder without a row is known to nobody."""
        known = {row["path"]: row for row in self._db.execute("select * from backups")}
        for place, root in self._roots.items():
            if root is None or not root.is_dir():
                continue
            for path, row in known.items():
                state, folder, card = json.loads(row[place] or "null"), root / path, json.loads(row["card"])
                if state is None:
                    continue
                if state["condition"] in ("trash", "gone") and folder.exists():
                    yield f"I6 backup {row['id']} is {state['condition']}, and its folder is there ({place})"
                if state["condition"] != "whole":
                    continue
                faults = [*damage(folder, row["sums_sha256"]), *_copy_faults(root, folder, card)]
                yield from (f"I5 backup {row['id']} ({place}): {fault}" for fault in faults)
            for kind in TYPES:
                for folder in sorted((root / kind).glob("[!.]*")):
                    if f"{kind}/{folder.name}" not in known and place == "here":
                        yield f"I6 {folder.relative_to(self._home)} is known to nobody"

    def _floor(self) -> Iterator[str]:
        """I5: three verified backups stay, where there ever were three; copies that share their bytes are one."""
        ever, there = 0, set()
        for row in self._db.execute("select path, here, second from backups"):
            states = {place: json.loads(row[place] or "null") for place in self._roots}
            ever += any(state and state.get("verified_at") for state in states.values())
            for place, state in states.items():
                root = self._roots[place]
                if state and root is not None and state["condition"] == "whole" and state.get("verified_at"):
                    there.add(inodes(root / row["path"]))
                    break
        if len(there) < min(FLOOR, ever):
            yield f"I5 {len(there)} verified backups are there, and {ever} were made"

    def _dailies(self) -> Iterator[str]:
        known = set()
        for row in self._db.execute("select * from dailies"):
            folder = self._home / row["path"]
            known.add(folder)
            if row["state"] == "whole":
                yield from (f"I4 daily {row['day']}: {fault}" for fault in damage(folder, row["sums_sha256"]))
        for folder in sorted((self._home / "snapshots").glob("[!.]*")):
            if folder not in known:
                yield f"I6 {folder.relative_to(self._home)} is known to nobody"

    def _evolution(self) -> Iterator[str]:
        root = self._home / "data/evolution_snapshots"
        question = "select folder, file, sha256 from evolution_snapshots join evolution_runs on run = evolution_runs.id"
        for row in self._db.execute(question):
            path = root / row["folder"] / row["file"]
            if not path.is_file() or hash_of(path) != row["sha256"]:
                yield f"I4 {path.relative_to(self._home)} is missing or holds other bytes"

    def _operations(self) -> Iterator[str]:
        """I6: nothing is between before and after where nobody works on it; I7: what failed says why."""
        for row in self._db.execute("select * from operations"):
            if row["state"] == "running" and not self._hosted:
                yield f"I6 operation {row['id']} ({row['kind']} {row['subject']}) never ended"
            if row["state"] in ("failed", "cancelled") and not row["text"]:
                yield f"I7 operation {row['id']} is {row['state']}, and says nothing of it"

    def _trash(self) -> Iterator[str]:
        """I6: what is in the trash by its row lies there, and all that lies there says what it is."""
        trashes = [self._home / "trash", *(root / "trash" for root in self._roots.values() if root is not None)]
        names = [path.name for trash in trashes if trash.is_dir() for path in trash.iterdir()]
        for name in names:
            if not TRASHED.fullmatch(name.removeprefix(".going-")):
                yield f"I6 {name} lies in the trash, and its name does not say what it is"
        for row in self._db.execute("select id from versions where condition = 'trash'"):
            if not any(name.startswith(f"version-{row['id']}-") for name in names):
                yield f"I6 version {row['id']} is in the trash by its row, and is not there"
        for row in self._db.execute("select id, here from backups"):
            in_trash = json.loads(row["here"])["condition"] == "trash"
            if in_trash and not any(name.startswith(f"backup-{row['id']}-") for name in names):
                yield f"I6 backup {row['id']} is in the trash by its row, and is not there"

    def _orphans(self) -> Iterator[str]:
        """I6: below models/ lies only what somebody knows."""
        models = self._home / "models"
        bases = {Path(row["path"]).name for row in self._db.execute("select path from bases")}
        versions = {row["path"] for row in self._db.execute("select path from versions")}
        strangers = [path for path in models.glob("base/[!.]*") if path.name not in bases]
        for path in models.glob("versions/[!.]*"):
            is_known = path.relative_to(self._home).as_posix() in versions
            if not is_known and path.name not in ("latest", "tags.json", "last_number.txt"):
                strangers.append(path)
        strangers += [path for path in models.glob("backups/[!.]*") if path.name not in IN_BACKUPS]
        strangers += [path for path in models.glob("[!.]*") if path.name not in ("base", "versions", "backups")]
        yield from (f"I6 {path.relative_to(self._home)} is known to nobody" for path in sorted(strangers))

    def _cards(self) -> Iterator[str]:
        """I6: what brings a lost database back says what it says, unless it is marked as due."""
        due = {(row[0], row[1]) for row in self._db.execute("select kind, key from cards_due")}
        begun = "select id, state, step from jobs where started_at is not null or ended_at is not null"
        for row in self._db.execute(begun):
            card = _json(self._home / f"runs/{row['id']:06d}/job.json", {"rows": {"jobs": [{}]}})["rows"]["jobs"][0]
            agrees = (card.get("state"), card.get("step")) == (row["state"], row["step"])
            if not agrees and ("job", str(row["id"])) not in due:
                yield f"I6 the card of job {row['id']} says {card.get('state')} at step {card.get('step')}"


def _told(folder: Path, number: int) -> Iterator[str]:
    """What metadata.json of a version says of itself and its files."""
    card = _json(folder / "metadata.json", None)
    if card is None:
        yield "metadata.json cannot be read"
        return
    if not VERSION.fullmatch(folder.name) or card["number"] != number or card["id"] != folder.name.partition("_")[0]:
        yield f"metadata.json says it is {card['id']}"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted((files - {"metadata.json", "SHA256SUMS"}) ^ set(card["files"])):
        yield f"{name} is {'missing' if name in card['files'] else 'not listed'} in metadata.json"
    for name, entry in card["files"].items():
        if name in files and entry["sha256"] != hash_of(folder / name):
            yield f"{name} is not what metadata.json lists"


def _copy_faults(root: Path, folder: Path, card: dict[str, Any]) -> Iterator[str]:
    """What a backup holds has its own sums, and its base lies beside it."""
    sums = folder / "content" / "SHA256SUMS"
    if not sums.is_file() or hash_of(sums) != card["content_sha256"]:
        yield "what it holds is not what was copied"
    yield from (f"what it holds: {fault}" for fault in damage(folder / "content"))
    if (base := card.get("base")) is not None:
        place = root / "bases" / f"{base['base']}-{base['sha256'][:8]}"
        yield from (f"its base: {fault}" for fault in damage(place, base["sha256"]))


def _second(home: Path) -> Path | None:
    config = home / "config.toml"
    chosen = tomllib.loads(config.read_text()).get("backup", {}) if config.is_file() else {}
    location = chosen.get("second_location", "")
    return Path(location).expanduser() if location else None


def _json(path: Path, otherwise: Any) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return otherwise
