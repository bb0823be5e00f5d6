"""Checks that what is derived from the database agrees with it: cards, head.json, current_model, latest, journal."""

from collections.abc import Iterator
from pathlib import Path

from backend.cards.keeper import differing
from backend.domain.head import Head
from backend.head import derived
from backend.health.check import Check
from backend.locks import is_held
from backend.paths import Home
from backend.store.store import Store

AT_START = "The next start writes it anew."
POINTER = "path.txt"


def agreement_checks(home: Home, store: Store) -> Iterator[Check]:
    """While a host runs it is just writing some of these, so nothing is a fault that it mends."""
    cards, wrong = differing(home, store)
    for path in wrong:
        hint = "`espalier doctor --rebuild` writes it anew from the database."
        yield Check(name="card", ok=False, text=f"{path} is not what the database says", hint=hint)
    yield Check(name="cards", ok=True, text=f"{cards - len(wrong)} of {cards} agree with the database")
    hosted = is_held(home.host_lock)
    yield from _shown(home, store, hosted)
    for unfinished in store.operations.unfinished():
        one = unfinished.operation
        text = f"{one.kind} {one.subject} was begun {one.begun_at} and has not ended"
        hint = "" if hosted else "The next start carries it through or takes it back."
        yield Check(name=f"operation {one.id}", ok=hosted, text=text, hint=hint)


def _shown(home: Home, store: Store, hosted: bool) -> Iterator[Check]:
    head = store.head.get()
    point = head.checkpoint
    shown = {
        home.head_card: _is_shown(home, store, head),
        home.current_model: _leads_to(home.current_model) == (None if point is None else home.root / point.path),
        home.latest_version: _leads_to(home.latest_version) == _newest(home, store),
    }
    for path, agrees in shown.items():
        if not agrees:
            text = f"{path} shows something else than the database says"
            yield Check(name=path.name, ok=hosted, text=text, hint=AT_START)
    if all(shown.values()):
        yield Check(name="shown", ok=True, text=f"{', '.join(path.name for path in shown)} agree with the database")


def _is_shown(home: Home, store: Store, head: Head) -> bool:
    """A home that never had a host has no head.json, and nothing to show in it."""
    try:
        shown = home.head_card.read_bytes()
    except FileNotFoundError:
        return head.checkpoint is None
    except OSError:
        return False
    return shown == derived.card_of(head, store.bases.find(head.base) if head.base else None)


def _leads_to(name: Path) -> Path | None:
    """A link, or a folder with the path in a file where links do not exist; None where it leads nowhere."""
    if name.is_symlink():
        return name.parent / name.readlink()
    try:
        return Path((name / POINTER).read_text(encoding="utf-8").strip())
    except OSError:
        return None


def _newest(home: Home, store: Store) -> Path | None:
    every = store.versions.all()
    return home.root / every[-1].path if every else None
