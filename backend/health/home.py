"""Checks of a home: may it be written, is there space, and is every byte as it was recorded."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from backend import files, settings
from backend.errors import UserError
from backend.health.check import Check
from backend.health.evolution import evolution_checks
from backend.locks import is_held
from backend.paths import Home
from backend.store.database import open_for_reading
from backend.store.store import Store

GB = 1e9


def home_checks(home: Home) -> Iterator[Check]:
    """Everything below one home folder, read only. A home that was never used has nothing to check."""
    yield writable(home)
    yield space(home)
    yield settings_check(home)
    yield host(home)
    if home.database.exists():
        yield database(home)
        yield from stored(home)
        yield from evolution_checks(home)


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
    hint = f"Keep a copy of {home.database} and restore it from a backup."
    try:
        connection = open_for_reading(home.database)
        try:
            found = [str(row[0]) for row in connection.execute("pragma integrity_check")]
            broken = list(connection.execute("pragma foreign_key_check"))
        finally:
            connection.close()
    except (sqlite3.Error, UserError) as error:
        return Check(name="database", ok=False, text=str(error), hint=hint)
    if found != ["ok"] or broken:
        return Check(name="database", ok=False, text="; ".join(found[:3]) or "broken references", hint=hint)
    return Check(name="database", ok=True, text="whole")


def stored(home: Home) -> Iterator[Check]:
    """Every base, checkpoint and dataset that the database knows, read back and compared."""
    try:
        store = Store.open_for_reading(home)
    except (sqlite3.Error, UserError):
        return  # the check of the database has said so
    try:
        jobs = [*store.jobs.live(), *store.jobs.ended()]
        points = [stored.checkpoint for job in jobs for stored in store.checkpoints.of_job(job.id)]
        bases = [(f"base {base.slug}", Path(base.path), base.sha256) for base in store.bases.all()]
        sums = {job.dataset: job.name for job in jobs}
    except sqlite3.Error:
        return
    finally:
        store.close()
    checkpoints = [(f"checkpoint {point.id}", home.root / point.path, point.sums_sha256) for point in points]
    yield from folders("bases", bases)
    yield from folders("checkpoints", checkpoints)
    yield from datasets(home, sums)


def folders(what: str, listed: list[tuple[str, Path, str]]) -> Iterator[Check]:
    """One check for all that are whole, one more for each that is not."""
    whole = 0
    for name, path, sums_sha256 in listed:
        try:
            files.verify(path, sums_sha256)
            whole += 1
        except UserError as error:
            yield Check(name=name, ok=False, text=error.message, hint=error.hint)
    yield Check(name=what, ok=True, text=f"{whole} of {len(listed)} verified, every byte read back")


def datasets(home: Home, names: dict[str, str]) -> Iterator[Check]:
    whole = 0
    for sha256, name in names.items():
        path = home.dataset(sha256)
        if path.is_file() and files.sha256(path) == sha256:
            whole += 1
        else:
            hint = "Queue the file again; the same content takes its place."
            yield Check(name=f"file {name}", ok=False, text=f"{path} is missing or altered", hint=hint)
    yield Check(name="files", ok=True, text=f"{whole} of {len(names)} verified")
