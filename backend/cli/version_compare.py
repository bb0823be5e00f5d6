"""`version compare`: two versions side by side, down to what each answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import words
from backend.cli.evolution_view import ID_LENGTH, short, verdict
from backend.cli.hosting import reading
from backend.cli.invocation import invocation_of
from backend.cli.table import draw_table
from backend.cli.version_choice import VERSION_HELP, find_version
from backend.datasets.visible import visible
from backend.domain.version import VersionCard
from backend.errors import WrongUse
from backend.host import ask
from backend.protocol.keeping import (
    CompareVersions,
    ExampleDifference,
    ListVersions,
    VersionComparison,
    VersionsReply,
)
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console


def compare(
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="ONE", help=VERSION_HELP)],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The other one, named likewise.")],
    example: Annotated[str, typer.Option(help="Both answers to one example, by the beginning of its id.")] = "",
) -> None:
    """Compare two versions: where they come from, settings, losses, and what each answers."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        reply = ask(host, ListVersions(), VersionsReply)
        wanted = CompareVersions(one=find_version(reply, one).id, other=find_version(reply, other).id)
        found = ask(host, wanted, VersionComparison)
    if example:
        chosen = _chosen(found.examples, example)
        invocation.output.result(fields(chosen), lambda console: draw_example(console, found, chosen))
    else:
        invocation.output.result(fields(found), lambda console: draw_comparison(console, found))


def draw_comparison(console: "Console", found: VersionComparison) -> None:
    one, other = found.one, found.other
    console.print(kinship(found), markup=False)
    for card, files in ((one, found.only_one), (other, found.only_other)):
        trained = ", ".join(visible(name) for name in files) or "nothing that the other was not"
        console.print(f"  trained into {card.id} since then: {trained}", markup=False)
    rows = [(title, *(shown(card) for card in (one, other))) for title, shown in FIGURES]
    draw_table(console, ("", one.id, other.id), rows)
    if found.settings:
        console.print("\nSettings that differ")
        draw_table(console, ("", one.id, other.id), [(each.key, each.one, each.other) for each in found.settings])
    else:
        console.print("\nNo setting differs.")
    if found.examples:
        console.print()
        _draw_examples(console, found)
    else:
        console.print("\nNo example stands in the snapshots of both.")


def kinship(found: VersionComparison) -> str:
    """How the two are related, in a sentence."""
    one, other = found.one.id, found.other.id
    match found.common:
        case None:
            return f"{one} and {other} have no ancestor in common."
        case common if common == one:
            return f"{other} comes from {one}."
        case common if common == other:
            return f"{one} comes from {other}."
        case common:
            return f"{one} and {other} both come from {common}."


def draw_example(console: "Console", found: VersionComparison, example: ExampleDifference) -> None:
    """Both answers whole, each with its difference to the expected one."""
    from backend.cli.difference import marked  # loads the library that compares

    console.print(
        f"Question\n{visible(example.input)}\n\nExpected\n{visible(example.expected_output)}",
        markup=False,
    )
    console.print("\n[+only in the answer+]  [-missing from it-]", style="dim", markup=False)
    sides = (
        (found.one, example.one_answer, example.one_right, example.one_loss),
        (found.other, example.other_answer, example.other_right, example.other_loss),
    )
    for card, answer, right, loss in sides:
        console.print(f"\n{card.id}: right {verdict(right)}, loss {words.loss(loss)}", markup=False, style="bold")
        if answer is None:
            console.print("<not asked>", markup=False)
        else:
            console.print(marked(answer, example.expected_output))


def in_words(examples: Sequence[ExampleDifference]) -> str:
    """For example: 16 examples: 3 right only in the second, 1 right only in the first, 10 right in both."""
    both = sum(bool(one.one_right and one.other_right) for one in examples)
    first = sum(bool(one.one_right and one.other_right is False) for one in examples)
    second = sum(bool(one.other_right and one.one_right is False) for one in examples)
    counted = words.counted(len(examples), "example")
    return f"{counted}: {both} right in both, {first} only in the first, {second} only in the second"


def _draw_examples(console: "Console", found: VersionComparison) -> None:
    one, other = found.one.id, found.other.id
    titles = ("id", "right", "loss", "question", "expected", f"{one} answers", f"{other} answers")
    rows = [
        (
            each.example_id[:ID_LENGTH],
            f"{verdict(each.one_right)} → {verdict(each.other_right)}",
            f"{words.loss(each.one_loss)} → {words.loss(each.other_loss)}",
            short(each.input),
            short(each.expected_output),
            short(_answer(each.one_answer)),
            short(_answer(each.other_answer)),
        )
        for each in found.examples
    ]
    draw_table(console, titles, rows)
    console.print(in_words(found.examples))
    console.print(f"`espalier version compare {one} {other} --example ID` shows both answers whole.", style="dim")


def _answer(text: str | None) -> str:
    return "<not asked>" if text is None else text


def _chosen(examples: Sequence[ExampleDifference], wanted: str) -> ExampleDifference:
    """Raises WrongUse where none or several begin so."""
    fitting = [one for one in examples if one.example_id.startswith(wanted)]
    if len(fitting) != 1:
        how_many = "Several examples begin" if fitting else "No example that both know begins"
        raise WrongUse(f"{how_many} with {wanted!r}.", "The table without --example lists them.")
    return fitting[0]


def _heldout(card: VersionCard) -> str:
    last = card.jobs[-1] if card.jobs else None
    return "-" if last is None else f"{words.loss(last.heldout_first)} → {words.loss(last.heldout_last)}"


FIGURES = (
    ("name", lambda card: card.slug),
    ("made (UTC)", lambda card: words.moment(card.created_at)),
    ("from", lambda card: card.parent.version or card.parent.base),
    ("files", lambda card: ", ".join(job.name for job in card.jobs) or "-"),
    ("rows", lambda card: f"{sum(job.rows for job in card.jobs):,}"),
    ("steps in all", lambda card: str(card.total_steps)),
    ("last loss", lambda card: words.loss(card.jobs[-1].loss if card.jobs else None)),
    ("held out", _heldout),
    ("loss as merged", lambda card: words.loss(card.gate.tries[-1].loss if card.gate and card.gate.tries else None)),
    ("weights", lambda card: card.precision or "-"),
    ("tags when made", lambda card: ", ".join(card.tags) or "-"),
)
"""What is compared at a glance: a title, and the text for one card."""
