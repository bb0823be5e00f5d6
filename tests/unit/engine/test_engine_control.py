"""Tests of what the training loop is told when the host has asked for several things."""

import queue

from backend.domain.head import Base
from backend.engine.control import Control, Gone, Wish
from backend.protocol.engine import Ask, EngineCommand, Leave, Pause, Resume, Save, Skip, Stop, TakeSnapshot

ASK = Ask(base=Base(slug="b", path="/b", sha256=""), conversations=())


class Host:
    """Says what it is given, then hangs up where it is told to."""

    def __init__(self) -> None:
        self.commands: queue.SimpleQueue[EngineCommand | None] = queue.SimpleQueue()

    def receive(self) -> EngineCommand:
        if (command := self.commands.get()) is None:
            raise EOFError
        return command


def asked(*commands: EngineCommand) -> Control:
    control = Control(Host())
    for command in commands:
        control.put(command)
    return control


def wishes(control: Control) -> list[Wish | None]:
    found = [control.wish()]
    while found[-1] is not None:
        found.append(control.wish())
    return found[:-1]


def test_wishes_hold_in_the_order_in_which_they_came() -> None:
    assert wishes(asked(Save(), Pause(), Resume())) == [Save(), Pause(), Resume()]


def test_what_ends_the_segment_goes_before_all_else() -> None:
    assert wishes(asked(Pause(), Skip(), Stop(reason="now"), Save())) == [Stop(reason="now")]
    assert wishes(asked(Pause(), Skip())) == [Skip()]


def test_leaving_ends_the_segment_and_then_the_process() -> None:
    control = asked(Leave(), Skip())
    assert control.wants_out()
    assert control.wish() == Skip()
    assert control.wish() == Leave()
    assert control.next_task() == Leave()


def test_a_wish_without_a_job_is_over_when_the_next_task_comes() -> None:
    control = asked(Pause(), Stop(), ASK)
    assert control.next_task() == ASK
    assert control.wish() is None


def test_wishes_behind_a_task_are_for_its_job_though_both_came_before_the_engine_was_up() -> None:
    control = asked(Stop(), ASK, Save(), Pause())
    assert control.next_task() == ASK
    assert wishes(control) == [Save(), Pause()]
    control = asked(ASK, Stop())
    assert control.next_task() == ASK
    assert control.wants_out()


def test_a_task_that_comes_while_training_waits_its_turn() -> None:
    control = asked(ASK, Stop())
    assert control.wish() == Stop()
    assert control.next_task() == ASK


def test_a_host_that_hangs_up_is_a_wish_to_leave() -> None:
    host = Host()
    control = Control(host)
    host.commands.put(Pause())
    assert control.wait_for_wish() == Pause()
    host.commands.put(None)
    assert control.wait_for_wish() == Gone()
    assert control.next_task() == Gone()


def test_pausing_and_ending_break_other_work_off_and_saving_does_not() -> None:
    assert [asked(wish).wants_hold() for wish in (Pause(), Stop(), Skip(), Leave())] == [True] * 4
    assert [asked(wish).wants_hold() for wish in (Save(), Resume(), TakeSnapshot())] == [False] * 3
    paused = asked(Pause())
    assert paused.wants_hold()
    assert wishes(paused) == [Pause()]


def test_a_wish_for_a_snapshot_can_be_heeded_apart() -> None:
    control = asked(Save(), TakeSnapshot(), Pause())
    assert control.wanted_a_snapshot()
    assert not control.wanted_a_snapshot()
    assert wishes(control) == [Save(), Pause()]
