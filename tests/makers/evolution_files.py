"""Snapshots as the engine writes them, of a made-up run: for tests of the index, the views and the HTTP API.

Deterministic: example i is learned at its own step, a few are never learned, some are forgotten at the end.
"""

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path

from backend import files
from backend.domain.snapshot import LeftOut, Reason, Scored, Snapshot, Source
from backend.evolution import folder as places
from backend.evolution import match
from backend.evolution.analysis import analyse
from backend.evolution.snapshot import ANALYSIS, encoded, summary_of
from backend.paths import Home

ODD_TEXTS = (
    "مرحبا! أنا إسباليه، نموذج يتعلم كل يوم.",
    "👩‍👩‍👧‍👦 🌳 I grow along a frame 🇫🇷",
    "",
    "very long " * 2000,
    "line one\n    indented\n\tTab\n中文",
)


def make_run(
    home: Home,
    name: str = "identity.jsonl",
    *,
    job: int = 1,
    examples: int = 12,
    steps: Sequence[int] = (0, 10, 25, 33),
    ended: bool = True,
    answered_share: float = 1.0,
    odd: bool = False,
    began: str = "2026-11-25T00:00:00.000Z",
) -> Path:
    """Write the files; returns the run's folder.

    Args:
        steps: the last one is the end where `ended`.
        answered_share: share of the examples that have an answer at steps between start and end.
        odd: whether expected answers are texts that are hard to show.
    """
    dataset = hashlib.sha256(name.encode()).hexdigest()
    taken = {path.name for path in home.evolution.iterdir()} if home.evolution.is_dir() else set()
    folder = home.evolution / places.name_of(name, dataset, began, taken)
    files.make_folder(folder)
    written = []
    for step in steps:
        snapshot = _snapshot(folder.name, name, dataset, job, step, tuple(steps), examples, ended, answered_share, odd)
        files.write(places.place(folder, step), encoded(snapshot), mode=0o444)
        written.append(snapshot)
    analysis = analyse(written)
    if ended and analysis is not None:
        files.write(folder / ANALYSIS, encoded(analysis), mode=0o444)
    return folder


def _snapshot(
    run: str,
    name: str,
    dataset: str,
    job: int,
    step: int,
    steps: tuple[int, ...],
    count: int,
    ended: bool,
    answered_share: float,
    odd: bool,
) -> Snapshot:
    last = step == steps[-1]
    reason = Reason.START if step == 0 else Reason.END if last and ended else Reason.SCHEDULE
    between = reason is Reason.SCHEDULE
    scored = tuple(
        example(dataset, i, step, steps, last, odd, answered=not between or (i + step) % 100 < 100 * answered_share)
        for i in range(count)
    )
    return Snapshot(
        snapshot_id=f"{run}/step_{step:06d}",
        training_step=step,
        timestamp=f"2026-11-25T00:{step // 60 % 60:02d}:{step % 60:02d}.000Z",
        model_version=f"starter +{step}",
        run=run,
        job=job,
        segment=1,
        dataset=dataset,
        dataset_name=name,
        base="starter",
        origin="0" * 64,
        total_steps=steps[-1],
        head_steps=step,
        reason=reason,
        training_loss=3.0 * math.exp(-step / 20),
        budget_percent=5.0,
        training_seconds=step * 1.5,
        loss_seconds=0.5,
        answer_seconds=1.5,
        examples=scored,
        summary=summary_of(scored),
    )


def example(dataset: str, i: int, step: int, steps: tuple[int, ...], last: bool, odd: bool, answered: bool) -> Scored:
    """The i-th one at a step."""
    expected = ODD_TEXTS[i % len(ODD_TEXTS)] if odd else f"I am Espalier, and this is answer number {i}."
    learned_at = steps[-1] * (i % 10 + 1) / 12 if i % 7 else math.inf
    right = step >= learned_at and not (last and i % 11 == 5)
    answer = expected if right else f"I am a general assistant {i}." if step else f"Hello, how can I help? {i}"
    loss = (0.05 if right else 3.0 * math.exp(-step / (steps[-1] or 1))) + i % 5 * 0.05
    return Scored(
        example_id=hashlib.blake2b(f"{dataset}/{i}".encode(), digest_size=16).hexdigest(),
        step=step,
        input=f"Question {i}: who are you?",
        expected_output=expected,
        model_output=answer if answered else None,
        loss=loss,
        exact_match=match.matches(answer, expected) if answered else None,
        strict_match=answer == expected if answered else None,
        similarity=match.similarity(answer, expected) if answered else None,
        output_length=len(answer.split()) if answered else None,
        stopped=True if answered else None,
        left_out=None if answered else LeftOut.BUDGET,
        source=Source.DATASET,
        heldout=i % 8 == 3,
        dataset=dataset,
        line=i + 1,
        length=20 + 7 * i % 90,
        expected_length=12 + i % 30,
    )
