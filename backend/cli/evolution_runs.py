"""Runs and examples as the evolution commands ask for them and tell them to programs."""

import enum
from collections.abc import Iterable
from typing import Any

import msgspec

from backend.domain.analysis import Course
from backend.domain.evolution import EvolutionRun, PanelExample, StepFigures
from backend.domain.snapshot import Scored, Snapshot
from backend.errors import WrongUse
from backend.evolution.analysis import Point, course
from backend.evolution.find import find_run
from backend.host import Host, ask
from backend.protocol.evolution import GetRun, GetSnapshot, ListRuns, RunReply, RunsReply, SnapshotReply
from backend.records import fields


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """An example of a run, and what became of it."""

    example: PanelExample
    course: Course

    @property
    def id(self) -> str:
        return self.example.example_id

    def row(self) -> dict[str, Any]:
        return {**fields(self.example), **fields(self.course)}


def runs_of(host: Host) -> tuple[EvolutionRun, ...]:
    """Newest first."""
    return ask(host, ListRuns(), RunsReply).runs


def run_named(host: Host, wanted: str) -> RunReply:
    """A run with its examples and figures. Raises WrongUse where there is none, or several."""
    return ask(host, GetRun(run=find_run(runs_of(host), wanted).id), RunReply)


def snapshot_of(host: Host, run: EvolutionRun, step: int) -> Snapshot:
    """Raises WrongUse where the run has none at this step."""
    if step not in run.steps:
        raise WrongUse(f"{run.folder} has no snapshot at step {step}.", f"It has some at {steps_in_words(run)}.")
    return ask(host, GetSnapshot(run=run.id, step=step), SnapshotReply).snapshot


def steps_in_words(run: EvolutionRun) -> str:
    return ", ".join(str(step) for step in run.steps) or "none"


def watched(reply: RunReply) -> list[Watched]:
    """Every example of the run, in the order of its panel."""
    return [
        Watched(example=example, course=course(example.example_id, points(reply.figures, place)))
        for place, example in enumerate(reply.examples)
    ]


def points(figures: Iterable[StepFigures], place: int) -> list[Point]:
    """What one example had at each step; at the steps before it came into the panel it has nothing."""
    return [
        Point(step=one.step, loss=one.losses[place], similarity=one.similarities[place], right=one.right[place])
        for one in figures
        if place < len(one.losses)
    ]


class Only(enum.StrEnum):
    """What --only takes: the fates, and the kinds of examples."""

    LEARNED = "learned"
    STILL_WRONG = "still-wrong"
    FORGOTTEN = "forgotten"
    REGRESSED = "regressed"
    KNOWN = "known"
    HELDOUT = "heldout"
    PINNED = "pinned"


def chosen(found: Iterable[Watched], only: Only | None, search: str) -> list[Watched]:
    """Those of a kind whose question or expected answer holds the text, in any case."""
    sought = search.casefold()
    return [
        one
        for one in found
        if (only is None or _is(one, only))
        and (sought in one.example.input.casefold() or sought in one.example.expected_output.casefold())
    ]


def scored(snapshot: Snapshot) -> dict[str, Scored]:
    return {one.example_id: one for one in snapshot.examples}


def _is(one: Watched, only: Only) -> bool:
    match only:
        case Only.HELDOUT:
            return one.example.heldout
        case Only.PINNED:
            return one.example.pinned
        case _:
            return one.course.fate.value == only.value
