"""`status`: what happens now, or how things were left."""

from typing import TYPE_CHECKING

import typer

from backend.cli import words
from backend.cli.hosting import reading
from backend.cli.invocation import EPILOG, invocation_of
from backend.clock import seconds_until
from backend.control.board import state_json
from backend.domain.status import HostState, Status
from backend.host import ask
from backend.protocol.host import GetHead, GetStatus, HeadReply, StatusReply

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    app.command("status", epilog=EPILOG)(status)


def status(context: typer.Context) -> None:
    """Show what happens now: file, step, loss, speed, what waits."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        found = ask(host, GetStatus(), StatusReply).status
        head = ask(host, GetHead(), HeadReply).head

    def draw(console: "Console") -> None:
        rows = [*lines_of(found), ("model", head.base or "none yet"), ("home", str(invocation.home.root))]
        for name, text in rows:
            console.print(f"{name:<9} {text}", markup=False)

    invocation.output.result(state_json(found), draw)


def lines_of(found: Status) -> list[tuple[str, str]]:
    """Name and text of each line that people see."""
    running = found.heartbeat is not None
    state = str(found.state) if running else f"{found.state} (no Espalier is running)"
    lines = [("state", state + (f": {found.reason}" if found.reason else ""))]
    if found.current_file:
        lines.append(("file", f"{found.current_file} (job {found.job})"))
        lines.append(("step", words.steps(found.step, found.total_steps) + saved(found)))
    if found.state is HostState.PAUSED and (found.engine_released or found.release_at):
        lines.append(("memory", memory(found)))
    if found.activity:
        lines.append(("now", found.activity))
    if found.loss is not None:
        heldout = "" if found.heldout_loss is None else f", held-out {words.loss(found.heldout_loss)}"
        lines.append(("loss", words.loss(found.loss) + heldout))
    if found.state is HostState.TRAINING and found.tokens_per_second is not None:
        left = words.duration(found.eta_seconds)
        lines.append(("speed", f"{found.tokens_per_second:,.0f} tokens/s, {left} left for this file"))
    lines.append(("waiting", words.counted(found.waiting, "file")))
    if found.device:
        lines.append(("device", found.device))
    if found.python:
        lines.append(("python", found.python))
    return lines


def memory(found: Status) -> str:
    """What a paused engine still holds."""
    if found.release_at is None:
        return "free"
    return f"freed in {words.duration(seconds_until(found.release_at))}"


def saved(found: Status) -> str:
    return "" if found.checkpoint_step is None else f", saved at {found.checkpoint_step}"
