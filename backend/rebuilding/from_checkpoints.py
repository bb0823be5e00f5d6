"""What the checkpoints' own metadata tells: rows of jobs, segments and moves where no card does."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from backend import files
from backend.domain.dataset import Dataset, Report
from backend.domain.head import AdapterSettings, Checkpoint
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.errors import Damaged
from backend.health.check import Check
from backend.paths import Home
from backend.store.cards import Row
from backend.store.checkpoints import Condition
from backend.store.store import Store

FINISHED = "end"
"""The reason of the last checkpoint of a job that was trained to its end."""


class BaseReference(msgspec.Struct, frozen=True):
    slug: str
    sha256: str = ""


class CheckpointCard(msgspec.Struct, frozen=True):
    """metadata.json of a checkpoint, as far as the database needs it."""

    id: int
    job: int
    segment: int
    step: int
    total_steps: int
    reason: str
    created_at: str
    base: BaseReference
    dataset: str
    name: str = ""
    parent: str | None = None
    adapter: AdapterSettings = AdapterSettings()
    head_steps: int = 0
    loss: float | None = None
    heldout_loss: float | None = None
    settings: JobSettings = JobSettings()


def take_checkpoints(home: Home, store: Store) -> Iterator[Check]:
    """Rows for every checkpoint folder that no card explains, verified, with its job where that is unknown too.

    What an open segment has saved last is left to the next host, which moves the head with it (semantics.md 2).
    """
    unknown: dict[int, list[CheckpointCard]] = {}
    for folder in sorted(home.runs.glob("*/checkpoints/*")):
        if not folder.name.isdecimal() or store.checkpoints.known(int(folder.name)):
            continue
        try:
            card = read(folder)
        except Damaged as error:
            yield Check(name=f"checkpoint {int(folder.name)}", ok=False, text=error.message, hint=error.hint)
            continue
        if not _is_of_open_segment(store, card):
            unknown.setdefault(card.job, []).append(card)
    for number, cards in sorted(unknown.items()):
        cards.sort(key=lambda card: card.id)
        if not store.jobs.exists(number):
            yield _take_job(home, store, cards)
        for card in cards:
            store.checkpoints.add(_checkpoint(home, card), card.base.slug, card.head_steps)


def read(folder: Path) -> CheckpointCard:
    """A checkpoint folder, every byte read back. Raises Damaged."""
    files.verify(folder)
    path = folder / "metadata.json"
    try:
        card = msgspec.json.decode(path.read_bytes(), type=CheckpointCard)
    except (OSError, UnicodeError, msgspec.MsgspecError) as error:
        raise Damaged(f"{path} cannot be read: {error}.", "Take the one before it.") from error
    if (card.id, card.job) != (int(folder.name), int(folder.parents[1].name)):
        raise Damaged(f"{folder} says it is checkpoint {card.id} of job {card.job}.", "Move it to its own place.")
    return card


def take_moves(home: Home, store: Store, head: int | None) -> Iterator[Check]:
    """Moves of the head back to its base, by what each checkpoint began with; only where no card knows any move.

    Args:
        head: number of the checkpoint that the head stands on.
    """
    if head is None or next(iter(store.head.moves()), None) is not None:
        return
    chain = _chain(home, store, head)
    if not chain:
        return
    first = chain[0]
    moves = [_move("use", first.created_at, None, _side(first, on=None))]
    for before, card in itertools.pairwise((None, *chain)):
        assert card is not None
        moves.append(_move("training", card.created_at, _side(card, on=before), _side(card, on=card), card))
    store.cards.put({"head_moves": moves})
    text = f"{len(moves)} moves of the head were read from its checkpoints; what was undone before is not among them"
    yield Check(name="head's moves", ok=True, text=text)


def _is_of_open_segment(store: Store, card: CheckpointCard) -> bool:
    last = store.segments.last(card.job)
    return card.segment == last and (card.job, last) in store.segments.open()


def _take_job(home: Home, store: Store, cards: Sequence[CheckpointCard]) -> Check:
    """A job that only its checkpoints tell of. Where it was not trained to its end it waits as if it were skipped."""
    last = cards[-1]
    stored = home.dataset(last.dataset)
    report = _report(stored)
    size = stored.stat().st_size if stored.is_file() else 0
    store.datasets.put(Dataset(sha256=last.dataset, name=last.name, bytes=size, report=report))
    done = last.reason == FINISHED
    measured = [card.heldout_loss for card in cards if card.heldout_loss is not None]
    job = Job(
        id=last.job,
        dataset=last.dataset,
        name=last.name,
        priority=Priority.NORMAL if done else Priority.LOW,
        position=store.jobs.last_position(Priority.LOW) + last.job,
        state=JobState.DONE if done else JobState.SKIPPED,
        settings=last.settings,
        rows=report.rows,
        step=last.step,
        total_steps=last.total_steps,
        attempts=1,
        loss=last.loss,
        heldout_first=measured[0] if measured else None,
        heldout_last=measured[-1] if measured else None,
        reason="" if done else "Its card was lost with the database; it goes on from its last checkpoint.",
        created_at=cards[0].created_at,
        started_at=cards[0].created_at,
        ended_at=last.created_at if done else None,
    )
    store.cards.put({"jobs": [msgspec.to_builtins(job)], "segments": list(_segments(cards))})
    text = f"{job.name} was read from its checkpoints alone: {job.state} at step {job.step}"
    return Check(name=f"job {job.id}", ok=True, text=text)


def _report(stored: Path) -> Report:
    from backend.datasets.scan import scan  # loads numpy: paid only where a job's card is lost

    if not stored.is_file():
        return Report(rows=0, refused=0)
    with stored.open("rb") as stream:
        return scan(iter(lambda: stream.read(files.CHUNK), b""))


def _segments(cards: Sequence[CheckpointCard]) -> Iterator[Row]:
    step = 0
    for number, group in itertools.groupby(cards, key=lambda card: card.segment):
        several = list(group)
        first, last = several[0], several[-1]
        from_step = step if 0 < step < first.step else 0
        yield {
            "job": first.job,
            "number": number,
            "mode": "resume" if from_step else "start",
            "from_step": from_step,
            "total_before": max(0, first.head_steps - (first.step - from_step)),
            "head_before": None,
            "started_at": first.created_at,
            "ended_at": last.created_at,
            "outcome": "lost",
        }
        step = last.step


def _checkpoint(home: Home, card: CheckpointCard) -> Checkpoint:
    folder = home.checkpoints(card.job) / _name_of(home, card)
    return Checkpoint(
        id=card.id,
        job=card.job,
        segment=card.segment,
        step=card.step,
        path=folder.relative_to(home.root).as_posix(),
        sums_sha256=files.sha256(folder / files.SUMS),
        reason=card.reason,
        loss=card.loss,
        created_at=card.created_at,
    )


def _name_of(home: Home, card: CheckpointCard) -> str:
    return next(path.name for path in home.checkpoints(card.job).iterdir() if _number(path) == card.id)


def _number(path: Path) -> int | None:
    return int(path.name) if path.name.isdecimal() else None


def _chain(home: Home, store: Store, head: int) -> list[CheckpointCard]:
    """The last checkpoint of each segment that the head is made of, oldest first."""
    chain: list[CheckpointCard] = []
    at: int | None = head
    while at is not None and store.checkpoints.known(at):
        stored = store.checkpoints.get(at)
        if stored.condition is not Condition.WHOLE:
            break
        try:
            card = read(home.root / stored.checkpoint.path)
        except Damaged:
            break
        chain.append(card)
        parent = None if card.parent is None else _number(Path(card.parent))
        at = parent if parent is not None and parent < card.id else None
    return chain[::-1]


def _side(card: CheckpointCard, on: CheckpointCard | None) -> Row:
    """A head as a move's columns: on the base of `card`, at the checkpoint `on`."""
    return {
        "base": card.base.slug,
        "adapter": msgspec.to_builtins(card.adapter),
        "checkpoint": None if on is None else on.id,
        "total": 0 if on is None else on.head_steps,
    }


def _move(kind: str, at: str, before: Row | None, after: Row, card: CheckpointCard | None = None) -> Row:
    nothing = {"base": None, "adapter": msgspec.to_builtins(AdapterSettings()), "checkpoint": None, "total": 0}
    row = {"kind": kind, "at": at, "state": "standing"}
    row |= {f"{name}_before": value for name, value in (before or nothing).items()}
    row |= {f"{name}_after": value for name, value in after.items()}
    return row if card is None else row | {"job": card.job, "segment": card.segment}
