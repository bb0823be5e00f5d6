"""Tests that a slow or absent host never holds up training, and that facts are never left out."""

import threading

from backend.engine.reporter import BACKLOG, Reporter
from backend.protocol.engine import Activity, EngineEvent, HeldOut


class SlowHost:
    """Takes nothing until it is let go."""

    def __init__(self) -> None:
        self.taken: list[EngineEvent] = []
        self.let_go = threading.Event()

    def send(self, event: EngineEvent, /) -> None:
        assert self.let_go.wait(60)
        self.taken.append(event)


class DeadHost:
    def send(self, event: EngineEvent, /) -> None:
        raise BrokenPipeError


def test_a_slow_host_gets_every_fact_in_order_and_fewer_activities() -> None:
    host = SlowHost()
    reporter = Reporter(host)
    facts = [HeldOut(job=1, step=step, loss=1.0) for step in range(3 * BACKLOG)]
    for fact in facts:
        reporter.send(Activity(text="x"))
        reporter.send(fact)
    host.let_go.set()
    reporter.close()
    assert [event for event in host.taken if isinstance(event, HeldOut)] == facts
    assert len(host.taken) < 2 * len(facts)


def test_a_dead_host_holds_up_nothing() -> None:
    reporter = Reporter(DeadHost())
    for _ in range(10):
        reporter.send(Activity(text="x"))
    reporter.close()
    assert not any(thread.name == "reporter" for thread in threading.enumerate())
