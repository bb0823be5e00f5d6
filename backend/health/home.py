"""Checks of a home: may it be written, is there space, and is every byte as it was recorded."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from backend import files, settings
from backend.errors import UserError
from backend.health.agreement import agreement_checks
from backend.health.check import Check, Watch, unwatched
from backend.health.evolution import evolution_checks
from backend.health.folders import folders
from backend.health.keeping import keeping_checks
from backend.health.runs import ledger_checks
from backend.health.trash import trash_check
from backend.locks import is_held
from backend.paths import Home
from backend.rebuilding import lost
from backend.store.database import REBUILD, open_for_reading
from backend.store.store import Store

GB = 1e9


def home_checks(home: Home, watch: Watch = unwatched) -> Iterator[Check]:
    """Everything below one home folder, read only. A home that was never used has nothing to check."""
    yield writable(home)
    yield space(home)
    yield settings_check(home)
    yield host(home)
    if home.database.exists():
        yield database(home)
        with contextlib.suppress(sqlite3.Error, UserError):  # the check of the database has said so
            store = Store.open_for_reading(home)
            with contextlib.closing(store):
                yield from stored(home, store, watch)
                yield from keeping_checks(home, store, watch)
                yield from agreement_checks(home, store)
        yield from evolution_checks(home)
    elif lost.was_used(home):
        hint = "`espalier doctor --rebuild` makes it again from the folders."
        text = f"{home.database} is missing, and what was trained here is not"
        yield Check(name="database", ok=False, text=text, hint=hint)
    if home.root.exists():
        yield trash_check(home)


def writable(home: Home) -> Check:
    place = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    ok = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    there = "" if home.root.exists() else " (made at the first use)"
    hint = "" if ok else "Mend its rights, or choose another with --base-dir."
    return Check(name="home", ok=ok, text=f"{home.root}{there}" + ("" if ok else " cannot be written"), hint=hint)


def space(home: Home) -> Check:
    place = next(folder for folder in (home.root, *home.root.parents) if folder.is_dir())
    try:
        files.require_space(place, 0)
    except UserError as error:
        return Check(name="disk", ok=False, text=error.message, hint=error.hint)
    return Check(name="disk", ok=True, text=f"{shutil.disk_usage(place).free / GB:.1f} GB free")


def settings_check(home: Home) -> Check:
    try:
        settings.load(home)
    except UserError as error:
        return Check(name="settings", ok=False, text=error.message, hint=error.hint)
    return Check(name="settings", ok=True, text="readable" if home.config.exists() else "all at their defaults")


def host(home: Home) -> Check:
    running = home.host_lock.exists() and is_held(home.host_lock)
    return Check(name="host", ok=True, text="a program holds this home" if running else "no program holds this home")


def database(home: Home) -> Check:
    """SQLite's own check of pages, indexes and references."""
    try:
        connection = open_for_reading(home.database)
        try:
            found = [str(row[0]) for row in connection.execute("pragma integrity_check")]
            broken = list(connection.execute("pragma foreign_key_check"))
        finally:
            connection.close()
    except (sqlite3.Error, UserError) as error:
        return Check(name="database", ok=False, text=str(error), hint=REBUILD)
    if found != ["ok"] or broken:
        return Check(name="database", ok=False, text="; ".join(found[:3]) or "broken references", hint=REBUILD)
    return Check(name="database", ok=True, text="whole")


def stored(home: Home, store: Store, watch: Watch) -> Iterator[Check]:
    """Every base, checkpoint and dataset that the database knows, read back and compared; versions have their own."""
    jobs = [*store.jobs.live(), *store.jobs.ended()]
    bases = [base for base in store.bases.all() if home.versions not in Path(base.path).parents]
    yield from folders("bases", [(f"base {base.slug}", Path(base.path), base.sha256) for base in bases], watch)
    points = [stored.checkpoint for stored in store.checkpoints.whole()]
    listed = [(f"checkpoint {point.id}", home.root / point.path, point.sums_sha256) for point in points]
    yield from folders("checkpoints", listed, watch)
    yield from ledger_checks(home, store)
    yield from datasets(home, {job.dataset: job.name for job in jobs}, watch)


def datasets(home: Home, names: dict[str, str], watch: Watch = unwatched) -> Iterator[Check]:
    whole = 0
    for sha256, name in names.items():
        path = home.dataset(sha256)
        if path.is_file() and files.sha256(path, heed=watch(f"file {name}")) == sha256:
            whole += 1
        else:
            hint = "Queue the file again; the same content takes its place."
            yield Check(name=f"file {name}", ok=False, text=f"{path} is missing or altered", hint=hint)
    yield Check(name="files", ok=True, text=f"{whole} of {len(names)} verified")
