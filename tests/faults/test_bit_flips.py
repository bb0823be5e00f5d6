"""A thousand random damages over every kind of artefact: doctor finds each one and names the file (safety.md)."""

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from backend.evolution import pins
from backend.health.agreement import agreement_checks
from backend.health.check import Check, unwatched
from backend.health.evolution import evolution_checks
from backend.health.home import home_checks, stored
from backend.health.keeping import keeping_checks
from backend.paths import Home
from backend.store.store import Store

ROUNDS = 1000
WHOLE_EVERY = 40
"""Rounds between two looks of the whole doctor; else only those checks are asked that the artefact belongs to."""
SEED = 20261125
Ask = Callable[[Home, Store], Iterator[Check]]
Undo = Callable[[], object]
Damage = tuple[str, tuple[Path, ...], Undo]
"""What was done, the files of which one must be named, and the way back."""


class Kind(msgspec.Struct, frozen=True):
    """One kind of artefact: its places, the checks that look at it, and whether a file too many is found."""

    name: str
    places: tuple[Path, ...]
    """Folders or single files."""
    ask: Ask
    is_closed: bool = True
    """Its folder lists every file."""


def of_stored(home: Home, store: Store) -> Iterator[Check]:
    return stored(home, store, unwatched)


def of_keeping(home: Home, store: Store) -> Iterator[Check]:
    return keeping_checks(home, store, unwatched)


def of_evolution(home: Home, store: Store) -> Iterator[Check]:
    return evolution_checks(home)


def kinds(home: Home) -> list[Kind]:
    """Every kind that lies in the home with a past."""
    root, second = home.root, home.root.parent / "second"
    found = {
        "base": (root.glob("models/base/*"), of_stored, True),
        "checkpoint": (root.glob("runs/*/checkpoints/*"), of_stored, True),
        "dataset": (root.glob("datasets/*.jsonl"), of_stored, False),
        "version": (root.glob("models/versions/v*"), of_keeping, True),
        "tags": (root.glob("models/versions/tags.json"), of_keeping, False),
        "backup": (root.glob("models/backups/*/*"), of_keeping, True),
        "second location": (second.glob("*/*"), of_keeping, True),
        "daily": (root.glob("snapshots/*"), of_keeping, True),
        "evolution": (root.glob("data/evolution_snapshots/*"), of_evolution, False),
        "pins": (root.glob("data/evolution_pins.json"), of_evolution, False),
        "card": (root.glob("data/cards/*"), agreement_checks, False),
        "card of a job": (root.glob("runs/*/job.json"), agreement_checks, False),
        "head.json": (root.glob("head.json"), agreement_checks, False),
    }
    waiting = _waiting(home)
    return [
        Kind(name, tuple(path for path in sorted(places) if path.stem not in waiting), ask, is_closed)
        for name, (places, ask, is_closed) in found.items()
    ]


def _waiting(home: Home) -> set[str]:
    """Content that no job refers to is no artefact of anybody's."""
    with closing(sqlite3.connect(home.database)) as db:
        known = {row[0] for row in db.execute("select dataset from jobs")}
    return {path.stem for path in home.datasets.iterdir()} - known


def damage(root: Path, place: Path, is_closed: bool, chance: random.Random) -> Damage | None:
    """Do something to one file; None where that would change nothing."""
    every = [path for path in sorted(place.rglob("*")) if path.is_file()] if place.is_dir() else [place]
    path = chance.choice(every)
    content = path.read_bytes()
    ways = ["flip", "flip", "flip", "truncate", "zeros", "edit", "remove", "swap", "more", "link"]
    way = chance.choice(ways)
    if way == "swap":
        return _swap(path, every, chance)
    if way == "more":
        return _more(path, is_closed)
    if way == "link":
        return _link(path, content, root)
    if way == "remove":
        if path.name == "evolution_pins.json":
            return None  # where the file is not there, nothing is pinned
        path.unlink()
        return way, (path,), lambda: _write(path, content)
    changed = _changed(way, content, chance)
    if changed == content:
        return None
    _write(path, changed)
    return way, (path,), lambda: _write(path, content)


def _changed(way: str, content: bytes, chance: random.Random) -> bytes:
    if not content:
        return b"not empty"
    if way == "truncate":
        return content[: chance.randrange(len(content))]
    at = chance.randrange(len(content))
    if way == "zeros":
        length = min(len(content) - at, chance.choice((1, 16, 512, 4096)))
        return content[:at] + bytes(length) + content[at + length :]
    if way == "edit":
        return content[:at] + b"?" + content[at:]
    return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]


def _swap(path: Path, every: Sequence[Path], chance: random.Random) -> Damage | None:
    """Two files change their names, as shards might."""
    other = chance.choice(every)
    one, two = path.read_bytes(), other.read_bytes()
    if one == two:
        return None

    def swap(first: bytes, second: bytes) -> None:
        _write(path, first)
        _write(other, second)

    swap(two, one)
    return "swap", (path, other), lambda: swap(one, two)


def _more(path: Path, is_closed: bool) -> Damage | None:
    if not is_closed:
        return None
    more = path.with_name(f"{path.stem}-more{path.suffix}")
    more.write_bytes(b"more")
    return "more", (more,), more.unlink


def _link(path: Path, content: bytes, root: Path) -> Damage | None:
    """The same bytes, but elsewhere: whoever changes those changes the artefact. Only folders with sums refuse it."""
    if not any((folder / "SHA256SUMS").exists() for folder in path.parents[:3]):
        return None
    target = root / "elsewhere.bin"
    target.write_bytes(content)
    path.unlink()
    path.symlink_to(target)

    def undo() -> None:
        path.unlink()
        target.unlink()
        _write(path, content)

    return "link", (path,), undo


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        path.chmod(0o644)
    path.write_bytes(content)


def found(checks: Iterator[Check], named: Sequence[Path]) -> bool:
    """Whether a fault names one of the files."""
    return any(not check.ok and any(str(path) in check.text for path in named) for check in checks)


@pytest.fixture
def home(past_home: Home) -> Home:
    """With an example that is pinned."""
    pin = pins.typed("Who are you?", "I am Espalier.", "", "2026-11-25T10:00:00.000Z")
    pins.store(past_home.pins, (pin,))
    return past_home


def test_a_thousand_damages_are_all_found_and_named(home: Home) -> None:
    chance = random.Random(SEED)
    done: dict[tuple[str, str], int] = {}
    with closing(Store.open_for_reading(home)) as store:
        assert [check for check in home_checks(home) if not check.ok] == []
        every = kinds(home)
        assert all(kind.places for kind in every)
        missed = []
        while sum(done.values()) < ROUNDS:
            kind = chance.choice(every)
            was = damage(home.root.parent, chance.choice(kind.places), kind.is_closed, chance)
            if was is None:
                continue
            way, named, undo = was
            done[kind.name, way] = done.get((kind.name, way), 0) + 1
            is_whole_look = sum(done.values()) % WHOLE_EVERY == 0
            if not found(home_checks(home) if is_whole_look else kind.ask(home, store), named):
                missed.append((kind.name, way, [str(path) for path in named]))
            undo()
        assert missed == [], missed
        assert [check for check in home_checks(home) if not check.ok] == []
    assert len({name for name, _ in done}) == len(every)
