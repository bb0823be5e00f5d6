"""Where the rebuilt head stands: where it was last, and never on what does not verify."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from backend import files
from backend.domain.head import Base, Head
from backend.domain.move import MoveKind
from backend.errors import Damaged
from backend.health.check import Check
from backend.paths import Home
from backend.rebuilding.from_checkpoints import take_moves
from backend.store.checkpoints import Condition, Stored
from backend.store.store import Store


class _Shown(msgspec.Struct, frozen=True):
    """head.json."""

    head: Head = Head()
    base: Base | None = None


def settle_head(home: Home, store: Store) -> Iterator[Check]:
    """Put the head where its card, else head.json, else the newest move or checkpoint says; back from what is damaged.

    Inside a transaction of the caller's, when all rows are there.
    """
    head = store.head.get()
    if head.base is None:
        head = _from_head_json(home, store) or _from_checkpoints(store) or head
        if head.base is not None:
            store.head.put(head)
    yield from take_moves(home, store, head.checkpoint.id if head.checkpoint else None)
    yield from _verified(home, store, head)


def _from_head_json(home: Home, store: Store) -> Head | None:
    try:
        shown = msgspec.json.decode(home.head_card.read_bytes(), type=_Shown).head
    except (OSError, UnicodeError, msgspec.MsgspecError):
        return None
    if shown.base is None or store.bases.find(shown.base) is None:
        return None
    known = shown.checkpoint is None or store.checkpoints.known(shown.checkpoint.id)
    return shown if known else None


def _from_checkpoints(store: Store) -> Head | None:
    """The newest move that stands, else the newest whole checkpoint."""
    move = next((move for move in store.head.standing() if move.after is not None), None)
    if move is not None and move.after is not None:
        return move.after
    whole = store.checkpoints.whole()
    return _on(Head(base=whole[-1].base), whole[-1]) if whole else None


def _verified(home: Home, store: Store, head: Head) -> Iterator[Check]:
    if head.base is None:
        yield Check(name="head", ok=True, text="no model was chosen")
        return
    yield from _base_verified(store, head.base)
    if head.checkpoint is None:
        yield Check(name="head", ok=True, text=f"on {head.base}, nothing trained on it")
        return
    stored = store.checkpoints.get(head.checkpoint.id)
    fault = _fault(home, store, stored)
    if fault is None:
        yield Check(
            name="head", ok=True, text=f"on checkpoint {head.checkpoint.id} of {head.base}, every byte read back"
        )
        return
    earlier = (each for each in _before(store, head.checkpoint.id) if each.base == head.base)
    sound = next((each for each in earlier if _fault(home, store, each) is None), None)
    to = _on(head, sound) if sound is not None else Head(base=head.base, adapter=head.adapter)
    store.head.move(to, MoveKind.FALLBACK)
    where = f"checkpoint {sound.checkpoint.id}" if sound is not None else "its base, without an adapter"
    text = f"checkpoint {head.checkpoint.id}, on which the head stood, is damaged: it went back to {where}"
    store.journal.add("fallback", stored.checkpoint.job, text)
    hint = f"{fault.message} `espalier backup list` shows what could be brought back instead."
    yield Check(name="head", ok=False, text=text, hint=hint)


def _base_verified(store: Store, slug: str) -> Iterator[Check]:
    """Nothing else can take the place of a damaged model: the head stays on it, and nothing can be trained there."""
    base = store.bases.find(slug)
    if base is None or not base.sha256:
        return  # said already
    try:
        files.verify(Path(base.path), base.sha256)
    except Damaged as error:
        text = f"{slug}, the model that the head stands on, is damaged"
        hint = f"{error.message} `espalier backup list` shows what could bring it back."
        yield Check(name="head", ok=False, text=text, hint=hint)


def _before(store: Store, checkpoint: int) -> list[Stored]:
    """What the head stood on before, newest first; where no move is known any more, all that is older."""
    if next(iter(store.head.moves()), None) is not None:
        return store.checkpoints.lineage_before(checkpoint)
    return [each for each in reversed(store.checkpoints.whole()) if each.checkpoint.id < checkpoint]


def _fault(home: Home, store: Store, stored: Stored) -> Damaged | None:
    point = stored.checkpoint
    try:
        files.verify(home.root / point.path, point.sums_sha256)
    except Damaged as error:
        store.checkpoints.mark(point.id, Condition.DAMAGED)
        return error
    return None


def _on(head: Head, stored: Stored) -> Head:
    return msgspec.structs.replace(head, checkpoint=stored.checkpoint, total_steps=stored.total_steps)
