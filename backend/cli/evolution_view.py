"""How the evolution commands show runs, steps and examples to people."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from backend.cli import words
from backend.cli.evolution_list import answers, losses, steps
from backend.cli.evolution_runs import Watched
from backend.cli.table import draw_table
from backend.datasets.visible import visible
from backend.domain.analysis import Fate
from backend.domain.evolution import AnswerAt, Forgetting
from backend.domain.snapshot import Scored, Snapshot
from backend.protocol.evolution import RunReply
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console

ID_LENGTH = 8
SHORT = 48
NAMED = 5
FATES = {
    Fate.LEARNED: "learned",
    Fate.STILL_WRONG: "still wrong",
    Fate.FORGOTTEN: "forgotten",
    Fate.REGRESSED: "regressed",
    Fate.KNOWN: "known",
    Fate.UNKNOWN: "not asked",
}


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One example on two sides; None where a side does not have it."""

    example_id: str
    input: str
    expected_output: str
    before: Scored | None
    after: Scored | None

    @property
    def gain(self) -> float | None:
        """Nats by which the loss is lower after."""
        if self.before is None or self.after is None or self.before.loss is None or self.after.loss is None:
            return None
        return self.before.loss - self.after.loss

    def row(self) -> dict[str, Any]:
        return {**fields(self), "gain": self.gain}


def compared(found: Sequence[Watched], after: Mapping[str, Scored], before: Mapping[str, Scored]) -> list[Compared]:
    """The examples of one run on both sides."""
    return [
        Compared(
            example_id=one.id,
            input=one.example.input,
            expected_output=one.example.expected_output,
            before=before.get(one.id),
            after=after.get(one.id),
        )
        for one in found
    ]


def place(snapshot: Snapshot) -> dict[str, Any]:
    """Which snapshot a side of a comparison is, and its figures."""
    return {"run": snapshot.run, "step": snapshot.training_step, "summary": fields(snapshot.summary)}


def draw_run(console: "Console", reply: RunReply, found: Sequence[Watched], last: Mapping[str, Scored]) -> None:
    run = reply.run
    console.print(
        f"{run.folder}: {visible(run.dataset_name)}, job {run.job}, {steps(run)},"
        f" loss {losses(run)}, right {answers(run)}",
        markup=False,
    )
    draw_table(
        console,
        ("id", "what became", "learned at", "loss", "question", "last answer"),
        [
            (
                one.id[:ID_LENGTH],
                kind(one),
                "" if one.course.learned_at is None else str(one.course.learned_at),
                f"{words.loss(one.course.first_loss)} → {words.loss(one.course.last_loss)}",
                short(one.example.input),
                short(answer_of(last.get(one.id))),
            )
            for one in found
        ],
    )
    console.print(fates_in_words(found), markup=False)
    if reply.forgetting is not None:
        draw_forgetting(console, reply.forgetting)


def draw_step(console: "Console", snapshot: Snapshot, examples: Sequence[Scored]) -> None:
    console.print(title(snapshot), markup=False)
    draw_table(
        console,
        ("id", "right", "loss", "similar", "question", "expected", "answer"),
        [
            (
                one.example_id[:ID_LENGTH],
                verdict(one.right),
                words.loss(one.loss),
                "-" if one.similarity is None else f"{one.similarity:.0%}",
                short(one.input),
                short(one.expected_output),
                short(answer_of(one)),
            )
            for one in examples
        ],
    )


def draw_example(console: "Console", one: Watched, over_time: Sequence[AnswerAt]) -> None:
    """Every answer whole, with its difference to the expected one."""
    from backend.cli.difference import marked  # loads the library that compares

    at = "" if one.course.learned_at is None else f" at step {one.course.learned_at}"
    console.print(f"{one.id}: {kind(one)}{at}", markup=False)
    console.print(
        f"\nQuestion\n{visible(one.example.input)}\n\nExpected\n{visible(one.example.expected_output)}", markup=False
    )
    console.print("\n[+only in the answer+]  [-missing from it-]", style="dim", markup=False)
    for answer in over_time:
        similar = "" if answer.similarity is None else f", {answer.similarity:.0%} similar"
        cut = ", cut" if answer.stopped is False else ""
        console.print(
            f"\nStep {answer.step}: {verdict(answer.right)}, loss {words.loss(answer.loss)}{similar}{cut}",
            markup=False,
            style="bold",
        )
        if answer.answer is not None:
            console.print(marked(answer.answer, one.example.expected_output))


def draw_comparison(console: "Console", before: Snapshot, after: Snapshot, rows: Sequence[Compared]) -> None:
    console.print(f"from {title(before)}\nto   {title(after)}", markup=False)
    draw_table(
        console,
        ("id", "right", "loss", "gain", "question", "before", "after"),
        [
            (
                one.example_id[:ID_LENGTH],
                f"{right_of(one.before)} → {right_of(one.after)}",
                f"{loss_of(one.before)} → {loss_of(one.after)}",
                "-" if one.gain is None else f"{one.gain:+.3f}",
                short(one.input),
                short(answer_of(one.before)),
                short(answer_of(one.after)),
            )
            for one in rows
        ],
    )


def draw_forgetting(console: "Console", found: Forgetting) -> None:
    """What the guard found after the job, each panel in a line, and the examples that became worse."""
    console.print("\nForgetting guard: loss before and after this training")
    for panel in found.panels:
        name = f"{visible(panel.dataset_name)} ({panel.run})" if panel.run else "pinned examples"
        console.print(
            f"  {name}: {words.loss(panel.before)} → {words.loss(panel.after)}, {panel.scored} of {panel.examples}"
            f" scored, {len(panel.worse)} worse",
            markup=False,
        )
        for worse in panel.worse[:NAMED]:
            console.print(
                f"    {worse.example_id[:ID_LENGTH]}  {words.loss(worse.before)} → {words.loss(worse.after)}"
                f"  {visible(short(worse.input))}",
                markup=False,
            )


def title(snapshot: Snapshot) -> str:
    found = snapshot.summary
    return (
        f"{snapshot.snapshot_id}: loss {words.loss(found.avg_loss)}, {found.correct} of {found.answered} answers right,"
        f" {words.counted(found.total_examples, 'example')}"
    )


def fates_in_words(found: Sequence[Watched]) -> str:
    """For example: 12 examples: 7 learned, 2 still wrong, 1 forgotten."""
    counts = {fate: sum(one.course.fate is fate for one in found) for fate in FATES}
    parts = [f"{count} {FATES[fate]}" for fate, count in counts.items() if count]
    return f"{words.counted(len(found), 'example')}: {', '.join(parts)}" if parts else "No example fits."


def kind(one: Watched) -> str:
    marks = [mark for mark, holds in (("held out", one.example.heldout), ("pinned", one.example.pinned)) if holds]
    return FATES[one.course.fate] + (f" ({', '.join(marks)})" if marks else "")


def verdict(right: bool | None) -> str:
    return "-" if right is None else "yes" if right else "no"


def right_of(one: Scored | None) -> str:
    return verdict(None if one is None else one.right)


def loss_of(one: Scored | None) -> str:
    return words.loss(None if one is None else one.loss)


def answer_of(one: Scored | None) -> str:
    """The answer, or in angle brackets why there is none."""
    if one is None:
        return "<not in this snapshot>"
    if one.model_output is None:
        return f"<{one.left_out or 'not asked'}>"
    return one.model_output


def short(text: str) -> str:
    """On one line, shortened."""
    plain = " ".join(text.split())
    return plain if len(plain) <= SHORT else plain[: SHORT - 1] + "…"
