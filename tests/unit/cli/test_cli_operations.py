"""A followed operation is shown as it goes, ends with its own words and status, and is broken off by a signal."""

import io
import signal
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from backend.cli.endings import Endings
from backend.cli.invocation import Invocation
from backend.cli.operations import Steps, carry_out, follow, step_in_words
from backend.cli.output import JsonOutput, Output, PeopleOutput
from backend.client import HostGone
from backend.domain.operation import Operation, OperationKind, OperationState
from backend.errors import ExitStatus, Refused, UserError
from backend.paths import Home
from backend.protocol.host import Done, HostEvent, Notice, Reply, Request
from backend.protocol.keeping import CancelOperation, Consolidate, OperationBegun, OperationChanged

WORDS = ("Backing up", "Merging")
BEGUN = Operation(id=7, kind=OperationKind.CONSOLIDATE, subject="v001", steps=WORDS)


def at(step: str, done: int = 0, total: int = 0) -> Operation:
    return msgspec.structs.replace(BEGUN, step=step, done=done, total=total)


def ended(state: OperationState, text: str, exit_status: int = 0) -> Operation:
    return msgspec.structs.replace(BEGUN, state=state, text=text, hint="Do this.", exit_status=exit_status)


class Teller:
    """A host that tells one event at each pump, and that it is gone after the last."""

    is_local = False

    def __init__(self, *events: HostEvent | Operation) -> None:
        self._events = [OperationChanged(operation=e) if isinstance(e, Operation) else e for e in events]
        self.asked: list[Request] = []

    def handle(self, request: Request) -> Reply:
        self.asked.append(request)
        return OperationBegun(operation=BEGUN) if isinstance(request, Consolidate) else Done(text="Done.")

    def pump(self) -> list[HostEvent]:
        if not self._events:
            raise HostGone("The program that trains has ended.")
        return [self._events.pop(0)]

    def serve(self) -> None:
        return None

    def wait(self, seconds: float) -> None:
        return None

    def close(self) -> None:
        return None


def invocation(output: Output | None = None) -> Invocation:
    return Invocation(home=Home(Path("nowhere")), home_chosen=True, output=output or JsonOutput(), launcher=None)


def test_it_is_followed_to_its_own_end() -> None:
    others = msgspec.structs.replace(ended(OperationState.FAILED, "Not this one."), id=6)
    host = Teller(others, at("Merging", 1, 2), ended(OperationState.DONE, "v001 is made."))
    assert carry_out(host, invocation(), Consolidate()).text == "v001 is made."
    assert [type(request).__name__ for request in host.asked] == ["Follow", "Consolidate"]


@pytest.mark.parametrize("state", [OperationState.FAILED, OperationState.CANCELLED])
def test_a_failure_keeps_its_words_and_status(state: OperationState) -> None:
    with pytest.raises(Refused, match="No space") as raised:
        carry_out(Teller(ended(state, "No space.", 3)), invocation(), Consolidate())
    assert (raised.value.hint, raised.value.exit_status) == ("Do this.", ExitStatus.REFUSED)


def test_a_signal_breaks_it_off_and_its_end_is_awaited(capsys: pytest.CaptureFixture[str]) -> None:
    cancelled = ended(OperationState.CANCELLED, "Broken off.", 1)
    host = Teller(at("Merging"), at("Merging"), cancelled)
    with Endings() as endings:
        signal.raise_signal(signal.SIGINT)
        assert follow(host, invocation(PeopleOutput()), BEGUN, endings) == cancelled
    assert host.asked == [CancelOperation(operation=7)]
    assert "taken back first" in capsys.readouterr().err


def test_a_host_that_dies_in_the_middle_is_said() -> None:
    with pytest.raises(UserError, match="ended in the middle") as raised:
        carry_out(Teller(at("Merging")), invocation(), Consolidate())
    assert "operations list" in raised.value.hint


def test_programs_hear_nothing_on_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    warning = Notice(level="warning", text="Look here.")
    carry_out(Teller(at("Merging"), warning, ended(OperationState.DONE, "v001 is made.")), invocation(), Consolidate())
    assert capsys.readouterr() == ("", "")


def shown(*operations: Operation, terminal: bool) -> str:
    output = PeopleOutput()
    text = io.StringIO()
    output.console = Console(file=text, force_terminal=terminal, width=100, highlight=False)
    steps = Steps(output)
    for operation in operations:
        steps.tell(operation)
    steps.close()
    return text.getvalue()


def test_each_step_has_a_line_and_what_is_between_has_one_now_and_then() -> None:
    told = shown(
        BEGUN, at("Backing up"), at("Backing up", 1, 2), at("copying [x]"), at("Merging", 5, 10), terminal=False
    )
    assert told.splitlines() == ["  1/2 Backing up", "  2/2 Merging"]


def test_a_terminal_shows_how_far_the_step_is() -> None:
    told = shown(BEGUN, at("Merging"), at("copying [x]", 5, 10), ended(OperationState.DONE, "Done."), terminal=True)
    assert "2/2 Merging" in told
    assert "copying [x]" in told
    assert "50%" in told


def test_a_step_that_was_not_announced_has_no_number() -> None:
    assert [step_in_words(at(step)) for step in ("Merging", "loading")] == ["2/2 Merging", "loading"]
