"""`evolution pin|unpin`: examples that follow the model across files."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from backend.cli.evolution_runs import run_named
from backend.cli.evolution_view import ID_LENGTH, short
from backend.cli.hosting import changing, reading
from backend.cli.invocation import Invocation, invocation_of
from backend.cli.table import draw_table
from backend.domain.conversation import Role
from backend.domain.pin import Pin
from backend.errors import WrongUse
from backend.evolution.find import find_example, find_id
from backend.host import ask
from backend.protocol.evolution import ListPins, PinExample, PinsReply, PinTyped, Unpin
from backend.protocol.host import Done, Request

if TYPE_CHECKING:
    from rich.console import Console


def pin(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="[RUN", help="The run that watches the example.")] = "",
    example: Annotated[str, typer.Argument(metavar="EXAMPLE]", help="The beginning of its id.")] = "",
    question: Annotated[str, typer.Option(help="Pin an example of your own.")] = "",
    answer: Annotated[str, typer.Option(help="What is expected.")] = "",
    system: Annotated[str, typer.Option(help="The system message before it.")] = "",
) -> None:
    """Pin an example, so that it is in every panel from the next file on; without arguments list the pinned ones."""
    invocation = invocation_of(context)
    typed = bool(question or answer or system)
    if typed and run:
        raise WrongUse("Name an example of a run, or type one, not both.", "`espalier evolution pin --help` shows how.")
    if run and not example:
        raise WrongUse("The example is missing.", f"`espalier evolution show {run}` shows their ids.")
    if run:
        _change(invocation, _request_for(invocation, run, example))
    elif typed:
        _change(invocation, PinTyped(question=question, answer=answer, system=system))
    else:
        _list(invocation)


def unpin(
    context: typer.Context, example: Annotated[str, typer.Argument(metavar="ID", help="The beginning of its id.")]
) -> None:
    """Let a pinned example go; what was taken of it stays."""
    invocation = invocation_of(context)
    pinned = [one.example_id for one in _pins(invocation)]
    if not pinned:
        raise WrongUse("No example is pinned.", "`espalier evolution pin RUN EXAMPLE` pins one.")
    _change(invocation, Unpin(example_id=find_id(pinned, example)))


def _request_for(invocation: Invocation, run: str, example: str) -> PinExample:
    with reading(invocation) as host:
        reply = run_named(host, run)
    return PinExample(run=reply.run.id, example_id=find_example(reply.examples, example).example_id)


def _change(invocation: Invocation, request: Request) -> None:
    with changing(invocation) as host:
        text = ask(host, request, Done).text
        pinned = ask(host, ListPins(), PinsReply).pins
    value = {"text": text, "pins": [msgspec.to_builtins(one) for one in pinned]}
    invocation.output.result(value, lambda console: console.print(text, markup=False))


def _list(invocation: Invocation) -> None:
    found = _pins(invocation)

    def draw(console: "Console") -> None:
        if not found:
            console.print("No example is pinned. `espalier evolution pin RUN EXAMPLE` pins one.")
            return
        rows = [
            (one.example_id[:ID_LENGTH], short(_question(one)), short(one.turns[-1].content), _origin(one))
            for one in found
        ]
        draw_table(console, ("id", "question", "expected", "from"), rows)

    invocation.output.result([msgspec.to_builtins(one) for one in found], draw)


def _pins(invocation: Invocation) -> tuple[Pin, ...]:
    with reading(invocation) as host:
        return ask(host, ListPins(), PinsReply).pins


def _question(pin: Pin) -> str:
    """The last thing that the user says."""
    return next((turn.content for turn in reversed(pin.turns) if turn.role is Role.USER), "")


def _origin(pin: Pin) -> str:
    return f"{pin.dataset_name}, line {pin.line}" if pin.dataset else "typed in"
