"""What people see of a run: a bar on a terminal, lines elsewhere; programs get each state of a job once."""

import io

import pytest
from rich.console import Console

from backend.cli.output import JsonOutput, PeopleOutput
from backend.cli.progress import BarReporter, LineReporter, NoReporter, reporter_for
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.domain.operation import Operation, OperationKind, OperationState
from backend.protocol.engine import Activity, HeldOut, Metric
from backend.protocol.host import HostEvent, JobChanged, Notice
from backend.protocol.keeping import OperationChanged


def metric(step: int) -> Metric:
    return Metric(
        job=1,
        step=step,
        total_steps=4,
        epoch=step / 4,
        loss=2.5 - step / 2,
        learning_rate=1e-4,
        grad_norm=1.0,
        tokens=80,
        supervised=40,
        tokens_per_second=1234.0,
        seconds=float(step),
        memory_bytes=1,
    )


def changed(state: JobState) -> JobChanged:
    job = Job(
        id=1,
        dataset="0",
        name="lesson.jsonl",
        priority=Priority.NORMAL,
        position=1,
        state=state,
        settings=JobSettings(),
        rows=3,
    )
    return JobChanged(job=job)


def operation(state: OperationState) -> OperationChanged:
    one = Operation(id=3, kind=OperationKind.BACKUP, subject="head", state=state, text="It is backed up.")
    return OperationChanged(operation=one)


EVENTS: tuple[HostEvent, ...] = (
    changed(JobState.RUNNING),
    Activity(text="reading"),
    Activity(text="reading"),
    HeldOut(job=1, step=0, loss=3.0),
    *(metric(step) for step in (1, 2, 3, 4)),
    Notice(level="warning", text="Look [here].", hint="Do this."),
    operation(OperationState.RUNNING),
    operation(OperationState.DONE),
    changed(JobState.DONE),
)


def shown(*, terminal: bool) -> str:
    output = PeopleOutput()
    screen = io.StringIO()
    output.console = Console(file=screen, force_terminal=terminal, width=100, highlight=False)
    reporter = BarReporter(output)
    for event in EVENTS:
        reporter.tell(event)
    reporter.close()
    return screen.getvalue()


def test_a_terminal_shows_a_bar_with_loss_and_speed() -> None:
    text = shown(terminal=True)
    for part in ("4/4", "loss 0.500", "1,234 tokens/s", "held-out loss 3.000", "warning: Look [here]. Do this."):
        assert part in text


def test_without_a_terminal_there_are_lines_and_no_bar() -> None:
    text = shown(terminal=False)
    assert "\x1b" not in text
    assert "lesson.jsonl (3 rows, job 1)" in text
    assert "step 4/4  loss 0.500  1,234 tokens/s" in text
    assert text.count("reading") == 1
    assert text.count("backup head: It is backed up.") == 1


def test_programs_hear_each_state_of_a_job_once(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = LineReporter(JsonOutput())
    for state in (JobState.RUNNING, JobState.RUNNING, JobState.DONE):
        reporter.tell(changed(state))
    lines = capsys.readouterr().out.splitlines()
    assert ['"status":"running"' in line for line in lines] == [True, False]
    assert len(lines) == 2


def test_programs_hear_of_the_end_of_an_operation_alone(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = LineReporter(JsonOutput())
    for state in (OperationState.RUNNING, OperationState.DONE):
        reporter.tell(operation(state))
    [line] = capsys.readouterr().out.splitlines()
    assert '"event":"operation"' in line
    assert '"state":"done"' in line


def test_commands_with_one_answer_print_no_lines() -> None:
    assert isinstance(reporter_for(JsonOutput(), lines=False), NoReporter)
    assert isinstance(reporter_for(JsonOutput()), LineReporter)
