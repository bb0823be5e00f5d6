"""What a merge is measured on: panel and held-out rows of the jobs whose training is in the adapter."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backend.datasets import reader
from backend.domain.conversation import Conversation, Kind, Role
from backend.engine.consolidation.course import Course
from backend.engine.models import generate
from backend.engine.models.load import LoadedModel
from backend.engine.tokens.cache import TokenSet
from backend.engine.tokens.heldout import split_heldout
from backend.engine.tokens.prepare import prepare
from backend.engine.tokens.render import Renderer
from backend.engine.training.batches import Example, examples_of
from backend.errors import UserError
from backend.evolution.panel import choose
from backend.protocol.engine import GateJob

JOBS = 10
"""The newest ones: what was learned last is what a rounded weight loses first."""
PANEL_ROWS = 64
HELDOUT_ROWS = 64
"""Rows of a job at most."""
TOKENS = 16_384
"""Of all rows together. Both sides see the same tokens, so that the difference of their losses is known to about 0.001
nats with half of these supervised, and the starter reads them in half a minute on two cores."""
QUESTION = "What is the capital of France?"
"""Asked where no row is a conversation."""
LONGEST_QUESTION = 400
"""Characters."""
OPENINGS = (
    QUESTION,
    "Who are you?",
    "What can you do for me?",
    "Explain in two sentences why the sky is blue.",
    "Write a short poem about the sea.",
    "How much is 17 plus 25? Show your steps.",
    "Give me three tips for a good night's sleep.",
    "Write a Python function that adds two numbers.",
)
"""Asked where no row of any job is left, so that what the adapter says by itself can be measured."""
OWN_TOKENS = 48
"""Of each of its own answers."""


class Samples(NamedTuple):
    """Sequences with masks of what counts, and a question for the load test."""

    examples: tuple[Example, ...]
    question: str
    template_date: str


def gather(
    loaded: LoadedModel, jobs: Sequence[GateJob], cache: Path, course: Course, warn: Callable[[str], object]
) -> Samples:
    """Rows of the jobs, newest first, each job with its share of the tokens; without examples where none is left.

    Args:
        warn: gets a sentence for each job whose rows cannot be had.

    Raises:
        MergeCancelled: it was broken off.
    """
    examples: list[Example] = []
    seen = set[bytes]()
    question, left = "", TOKENS
    newest = jobs[:JOBS]
    for place, job in enumerate(newest):
        course.step(f"reading {job.name}")
        try:
            tokens = _tokens(loaded, job, cache, course)
        except UserError as error:
            warn(f"The merge is not measured on {job.name}: {error.message}")
            continue
        rows = [row for row in _rows(tokens, job) if tokens.row_hash(row) not in seen]
        seen.update(tokens.row_hash(row) for row in rows)
        chosen = _fitting(tokens, rows, left // (len(newest) - place))
        found = examples_of(tokens, chosen)
        left -= sum(example.length for example in found)
        examples += found
        question = question or _question(Path(job.dataset_path), [int(tokens.row_lines[row]) for row in chosen])
    date = newest[0].settings.template_date if newest else ""
    return Samples(tuple(examples), question or QUESTION, date)


def own_answers(model: object, loaded: LoadedModel, date: str, course: Course) -> tuple[Example, ...]:
    """What base + adapter say to a few openings, as if it were data. Raises MergeCancelled."""
    renderer = Renderer(loaded.tokenizer, date)
    prompts = [
        list(
            loaded.tokenizer.encode(
                renderer.render([{"role": Role.USER.value, "content": text}], add_generation_prompt=True),
                add_special_tokens=False,
            )
        )
        for text in OPENINGS
    ]
    limits = [min(OWN_TOKENS, loaded.context - len(prompt)) for prompt in prompts]
    fitting = [place for place, limit in enumerate(limits) if limit > 0]
    said = generate.greedy(
        model,
        [prompts[place] for place in fitting],
        loaded.eos_ids,
        [limits[place] for place in fitting],
        course.goes_on,
    )
    return tuple(
        Example(
            np.array([*prompts[place], *one.ids], dtype=np.int32),
            np.array([False] * len(prompts[place]) + [True] * len(one.ids), dtype=np.bool_),
        )
        for place, one in zip(fitting, said, strict=True)
        if one.ids
    )


def _tokens(loaded: LoadedModel, job: GateJob, cache: Path, course: Course) -> TokenSet:
    return prepare(
        Path(job.dataset_path),
        job.dataset,
        loaded.tokenizer,
        loaded.eos_ids,
        loaded.context,
        job.settings,
        cache,
        course.reach,
    )


def _rows(tokens: TokenSet, job: GateJob) -> list[int]:
    """In an order that has nothing to do with length or place, so that a part of them stands for all."""
    trained, heldout = (rows.tolist() for rows in split_heldout(tokens, job.settings))
    lengths = tokens.lengths.tolist()
    panel = choose(PANEL_ROWS, trained, heldout, lengths, tokens.row_hash)
    held = choose(HELDOUT_ROWS, heldout, (), lengths, tokens.row_hash)
    return sorted({one.row for one in (*panel, *held)}, key=tokens.row_hash)


def _fitting(tokens: TokenSet, rows: Sequence[int], most: int) -> list[int]:
    """At least one, however long."""
    chosen: list[int] = []
    used = 0
    for row in rows:
        used += int(tokens.lengths[row])
        if chosen and used > most:
            break
        chosen.append(row)
    return chosen


def _question(path: Path, lines: Sequence[int]) -> str:
    """The first message of a user in one of these rows that is short enough; empty where there is none."""
    try:
        for row in reader.read_lines(path, lines):
            if isinstance(row, Conversation) and row.kind is not Kind.TEXT:
                first = next((turn.content for turn in row.turns if turn.role is Role.USER), "")
                if 0 < len(first) <= LONGEST_QUESTION:
                    return first
    except OSError:
        return ""
    return ""
