"""Any requests, crashes and restarts in any order: a real host with a real child engine does what the model says.

The host is killed as by kill -9, its engine too, together or alone; the verifier looks at every closed home.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from backend.domain.job import JobState, Priority
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved
from backend.protocol.host import Direction
from tests.drivers.host_program import HostProgram
from tests.fakes.hosting import Bench, dataset, give_base
from tests.fakes.scripted_engine import Script, gate
from tests.faults.control_model import BAD, GATE, SAVED_AT, STEPS, ControlModel
from tests.faults.machines import require_no_failure
from tests.faults.queue_model import NotAllowed, QueueModel
from tests.faults.verifier import Promises, faults

SCRIPT = Script(steps=STEPS, seconds=0.0, save_every=SAVED_AT, gate_at=GATE, refuse=BAD)
NAMES = ["a", "b", "c", "d", "e", BAD]
WISHES: dict[str, p.ControlRequest] = {"pause": p.PauseTraining(), "stop": p.StopTraining(), "skip": p.SkipJob()}
picks = st.lists(st.integers(0, 12), min_size=1, max_size=3)
levels = st.sampled_from(Priority)


class ControlMachine(RuleBasedStateMachine):
    """One home, its host, and its model."""

    template: Path
    """A home with a base, made once."""

    @initialize(names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
    def begin(self, names: list[str]) -> None:
        self.home = Home(Path(tempfile.mkdtemp(prefix="control-")) / "home")
        shutil.copytree(self.template, self.home.root, symlinks=True)
        self.model = ControlModel()
        self.sums: dict[int, str] = {}
        self.announced: list[CheckpointSaved] = []
        self.undone_up_to: dict[int, int] = {}
        """Up to which checkpoint what was announced of a job counts no more."""
        self.as_said = True
        self.dead_engine = 0
        self._open()
        self.add(names, Priority.NORMAL)

    # The queue

    @rule(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), level=levels)
    def add(self, names: list[str], level: Priority) -> None:
        welcome = self.queue.welcomes(names, again=False)
        items = tuple(p.Enqueue(dataset=dataset(self.home, name), priority=level) for name in names)
        reply = self.bench.ask(p.EnqueueMany(items=items))
        assert isinstance(reply, p.QueuedMany), reply
        assert [isinstance(outcome, p.Queued) for outcome in reply.outcomes] == welcome
        for outcome, name in zip(reply.outcomes, names, strict=True):
            if isinstance(outcome, p.Queued):
                self.sums[outcome.job.id] = outcome.job.dataset
                self.queue.add(outcome.job.id, name, level)
        self._settle()

    @rule(picks=picks, direction=st.sampled_from(Direction))
    def move(self, picks: list[int], direction: Direction) -> None:
        numbers = self._named(picks)
        self._ask(p.MoveJobs(jobs=numbers, direction=direction), lambda: self.queue.move(numbers, direction))

    @rule(picks=picks, level=levels, before=st.none() | st.integers(0, 12))
    def place(self, picks: list[int], level: Priority, before: int | None) -> None:
        numbers, target = self._named(picks), None
        if before is not None:
            [target] = self._named([before])
            level = self.queue.jobs[target].level
        request = p.PlaceJobs(jobs=numbers, priority=level, before=target)
        self._ask(request, lambda: self.queue.place(numbers, level, target))

    @rule(picks=picks)
    def remove(self, picks: list[int]) -> None:
        numbers = self._named(picks)
        self._ask(p.RemoveJobs(jobs=numbers), lambda: self.queue.remove(numbers, self.model.in_hand))

    @precondition(lambda self: self._all_in(JobState.REMOVED))
    @rule(picks=picks)
    def restore(self, picks: list[int]) -> None:
        numbers = self._named(picks, self._all_in(JobState.REMOVED))
        self._ask(p.RestoreJobs(jobs=numbers), lambda: self.queue.restore(numbers))

    @precondition(lambda self: self._all_in(JobState.FAILED, JobState.UNDONE))
    @rule(picks=picks)
    def retry(self, picks: list[int]) -> None:
        numbers = self._named(picks, self._all_in(JobState.FAILED, JobState.UNDONE))
        self._ask(p.RetryJobs(jobs=numbers), lambda: self.queue.retry(numbers))

    @rule(pick=st.integers(0, 12), epochs=st.integers(1, 3))
    def edit(self, pick: int, epochs: int) -> None:
        [number] = self._named([pick])
        self._ask(p.EditJob(job=number, changes={"epochs": str(epochs)}), lambda: self.queue.edit(number, epochs))

    # Control

    @rule()
    def start(self) -> None:
        self._ask(p.StartTraining(), self.model.start)

    @precondition(lambda self: self.model.held)
    @rule()
    def resume(self) -> None:
        self._ask(p.ResumeTraining(), self.model.start)

    @rule()
    def pause(self) -> None:
        self._ask(p.PauseTraining(reason="why"), self.model.pause)

    @rule()
    def stop(self) -> None:
        self._ask(p.StopTraining(), self.model.stop)

    @rule()
    def skip(self) -> None:
        self._ask(p.SkipJob(), self.model.skip)

    @precondition(lambda self: self._trains())
    @rule(wishes=st.permutations(["pause", "stop", "skip"]), count=st.integers(2, 3))
    def several_at_once(self, wishes: list[str], count: int) -> None:
        """Before the first of them is a fact: a skip is always done, and a stop is stronger than a pause."""
        asked = wishes[:count]
        engine = self.program.engine()
        assert engine is not None
        engine.suspend()
        for wish in asked:
            if wish == "pause" and "stop" in asked[: asked.index(wish)]:
                self.bench.refusal(WISHES[wish])
            else:
                self.bench.do(WISHES[wish])
        engine.resume()
        if "stop" in asked:
            self.model.stop()
        else:
            self.model.pause()
        if "skip" in asked:
            self.model.skip()
        self._settle()

    @precondition(lambda self: self._trains())
    @rule()
    def save(self) -> None:
        self._ask(p.SaveNow(), self.model.save)

    @precondition(lambda self: self._trains())
    @rule()
    def pass_gate(self) -> None:
        gate(self.home).touch()
        self.model.pass_gate()
        self._settle()

    # The head

    @precondition(lambda self: self.model.units)
    @rule()
    def undo(self) -> None:
        number, point = self.model.units[-1], self.bench.head().checkpoint
        assert point is not None
        self._ask(p.UndoTraining(), self.model.undo)
        if self.queue.jobs[number].state is JobState.UNDONE:
            self.undone_up_to[number] = point.id

    @rule()
    def redo(self) -> None:
        self._ask(p.RedoTraining(), self.model.redo)

    # Fate

    @precondition(lambda self: self._holds())
    @rule()
    def engine_dies(self) -> None:
        self._kill_engine()
        self.model.lose_engine()
        self._settle()

    @rule()
    def host_dies(self) -> None:
        self.program.kill()
        self.model.lose_host(with_engine=False)
        self._open()
        self._settle()

    @precondition(lambda self: self._holds())
    @rule()
    def host_and_engine_die(self) -> None:
        self.program.kill()
        self._kill_engine()
        self.model.lose_host(with_engine=True)
        self._open()
        self._settle()

    @precondition(lambda self: self._trains())
    @rule(wish=st.sampled_from([p.PauseTraining(), p.StopTraining()]))
    def host_dies_when_it_has_said_yes(self, wish: p.PauseTraining | p.StopTraining) -> None:
        """What was wanted outlives it; a job whose pause was not stored yet is interrupted and waits all the same."""
        number = self.model.in_hand
        assert number is not None
        self.bench.do(wish)
        self.program.kill()
        if isinstance(wish, p.PauseTraining):
            self.model.pause()
        else:
            self.model.stop()
        self.model.lose_host(with_engine=False)
        self._open()
        job = self.queue.jobs[number]
        if job.state is JobState.PAUSED:
            states = (JobState.PAUSED, JobState.INTERRUPTED)
            self.bench.until(lambda: self.bench.job(number).step == GATE and self.bench.job(number).state in states)
            job.state = self.bench.job(number).state
        self._settle()

    @rule()
    def close_and_reopen(self) -> None:
        self.program.close()
        self.model.close()
        self._require_sound()
        self._open()
        self._settle()

    # The end

    def teardown(self) -> None:
        if not hasattr(self, "home"):
            return
        try:
            if self.as_said:
                self._drain()
        finally:
            self.program.end()
            shutil.rmtree(self.home.root.parent)

    def _drain(self) -> None:
        """Every file that is left trains to its end."""
        self._ask(p.StartTraining(), self.model.start)
        while self._trains():
            self.pass_gate()
        assert self.queue.order() == []
        self.program.close()
        self._require_sound()

    @property
    def queue(self) -> QueueModel:
        return self.model.queue

    @property
    def bench(self) -> Bench:
        return self.program.bench

    def _open(self) -> None:
        self.program = HostProgram(self.home, SCRIPT)

    def _ask(self, request: p.Request, change: Callable[[], None]) -> None:
        """Both do it, or both refuse it and change nothing."""
        try:
            change()
        except NotAllowed:
            self.bench.refusal(request)
        else:
            self.bench.do(request)
        self._settle()

    def _settle(self) -> None:
        """Wait until the host is what the model says; a host that never is fails with both."""
        self.model.rest()
        self.as_said = False
        self.bench.until(lambda: self._said() == self._expected() and self._at_rest(), f"{self._expected()}")
        self.as_said = True
        self.announced += self.bench.told(CheckpointSaved)
        self.bench.events.clear()

    def _expected(self) -> list[object]:
        jobs = self.queue.jobs
        shown = [number for number, job in jobs.items() if job.state is not JobState.REMOVED]
        return [
            self.queue.order(),
            {number: (jobs[number].state, jobs[number].step, jobs[number].epochs) for number in sorted(shown)},
        ]

    def _said(self) -> list[object]:
        jobs = self.bench.jobs()
        live = len(self.queue.order())
        return [
            [job.id for job in jobs[:live]],
            {job.id: (job.state, job.step, job.settings.epochs) for job in sorted(jobs, key=lambda job: job.id)},
        ]

    def _at_rest(self) -> bool:
        """Whether a living engine waits at the gate, or the host knows that none holds anything."""
        status, holder = self.bench.status(), self.queue.holder()
        if self._trains():
            engine = self.program.engine()
            return status.step == GATE and engine is not None and engine.pid != self.dead_engine
        return holder is None or holder.state is not JobState.PAUSED or status.engine_released is not self._holds()

    def _trains(self) -> bool:
        return self.model.in_hand is not None and self.model.hand().state is JobState.RUNNING

    def _holds(self) -> bool:
        return self.model.in_hand is not None

    def _kill_engine(self) -> None:
        engine = self.program.engine()
        assert engine is not None
        self.dead_engine = engine.pid
        engine.kill()

    def _require_sound(self) -> None:
        self.as_said = False
        counts = (saved for saved in self.announced if saved.sequence > self.undone_up_to.get(saved.job, 0))
        kept = Promises(tuple(self.sums.items()), tuple((saved.job, saved.step) for saved in counts))
        assert faults(self.home.root, kept) == []
        self.as_said = True

    def _named(self, picks: list[int], among: list[int] | None = None) -> tuple[int, ...]:
        numbers = among or [*self.queue.jobs]
        return tuple(dict.fromkeys(numbers[pick % len(numbers)] for pick in picks))

    def _all_in(self, *states: JobState) -> list[int]:
        return [job.number for job in self.queue.jobs.values() if job.state in states]


def test_a_host_does_what_the_model_says_through_crashes_and_restarts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.hosting.PATIENCE", 15.0)
    home = Home(tmp_path / "template")
    give_base(home)
    ControlMachine.template = home.root
    require_no_failure(ControlMachine, examples=20, steps=15, shrink=False)
