"""What a training run shows people while it goes on: a bar on a terminal, a line now and then elsewhere."""

import time
from typing import TYPE_CHECKING, Protocol

from backend.cli import words
from backend.cli.lines import line_of
from backend.cli.output import Output, PeopleOutput
from backend.domain.job import JobState
from backend.domain.operation import OperationState
from backend.domain.status import HostState
from backend.protocol.engine import Activity, CheckpointSaved, HeldOut, Metric, Prepared
from backend.protocol.evolution import RunChanged
from backend.protocol.host import (
    HostEvent,
    JobChanged,
    Notice,
    StatusChanged,
)
from backend.protocol.keeping import OperationChanged

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

QUIET_SECONDS = 10.0
"""Without a terminal a step is told this often."""


class Reporter(Protocol):
    """Hears every event of the host."""

    def tell(self, event: HostEvent) -> None: ...

    def close(self) -> None: ...


class LineReporter:
    """One JSON object a line."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._states: dict[int, JobState] = {}

    def tell(self, event: HostEvent) -> None:
        line = line_of(event)
        if line is not None and not self._is_old(event):
            self._output.line(line)

    def _is_old(self, event: HostEvent) -> bool:
        """Whether it tells only what other lines tell: a job counts when its state is another."""
        if not isinstance(event, JobChanged):
            return False
        before = self._states.get(event.job.id)
        self._states[event.job.id] = event.job.state
        return before is event.job.state

    def close(self) -> None:
        return None


class BarReporter:
    """Bar with loss, tokens/s and the time that is left."""

    def __init__(self, output: PeopleOutput) -> None:
        self._output = output
        self._console = output.console
        self._bar: tuple[Progress, TaskID] | None = None
        self._name = ""
        self._heldout: float | None = None
        self._told = 0.0
        self._state: HostState | None = None
        self._activity = ""

    def tell(self, event: HostEvent) -> None:
        match event:
            case Metric():
                self._step(event)
            case JobChanged():
                self._job(event)
            case HeldOut():
                self._heldout = event.loss
                self._say(f"  held-out loss {words.loss(event.loss)} at step {event.step}")
            case Prepared():
                self._prepared(event)
            case CheckpointSaved() if event.reason not in ("interval", "end"):
                self._say(f"  checkpoint saved at step {event.step}")
            case RunChanged(step=step) if step is not None:
                self._say(f"  {words.snapshot(event)}")
            case Activity() if event.text != self._activity:
                self._activity = event.text
                self._say(f"  {event.text}")
            case OperationChanged(operation=operation) if operation.state is not OperationState.RUNNING:
                self._say(f"  {operation.kind} {operation.subject}: {operation.text}")
            case StatusChanged():
                self._status(event)
            case Notice():
                self._say(f"  {event.level}: {event.text} {event.hint}".rstrip())
            case _:
                pass

    def close(self) -> None:
        if self._bar is not None:
            self._bar[0].stop()
        self._bar = None

    def _job(self, event: JobChanged) -> None:
        job = event.job
        if job.state is JobState.RUNNING and job.name != self._name:
            self._name = job.name
            self._heldout = None
            self._say(f"{job.name} ({words.counted(job.rows, 'row')}, job {job.id})")
        elif job.state in (JobState.DONE, JobState.FAILED, JobState.SKIPPED):
            self.close()
            self._name = ""

    def _prepared(self, event: Prepared) -> None:
        parts = [f"{words.counted(event.rows, 'row')} to train", f"{event.heldout:,} held out"]
        if event.refused:
            parts.append(f"{event.refused:,} refused")
        if event.cut:
            parts.append(f"{event.cut:,} cut")
        self._say(f"  {', '.join(parts)}, {words.counted(event.tokens, 'token')}")
        for bad in event.bad[:5]:
            self._say(f"  line {bad.line}: {bad.reason} {bad.remedy}")

    def _status(self, event: StatusChanged) -> None:
        state = event.status.state
        if state is not self._state and state not in (HostState.TRAINING, HostState.IDLE):
            self._say(f"  {state}" + (f": {event.status.reason}" if event.status.reason else ""))
        self._state = state

    def _step(self, metric: Metric) -> None:
        if self._console.is_terminal:
            self._draw(metric)
            return
        last = metric.step == metric.total_steps
        if not last and time.monotonic() - self._told < QUIET_SECONDS:
            return
        self._told = time.monotonic()
        self._say(
            f"  step {metric.step}/{metric.total_steps}  loss {words.loss(metric.loss)}"
            f"  {metric.tokens_per_second:,.0f} tokens/s"
        )

    def _draw(self, metric: Metric) -> None:
        progress, task = self._bar or self._begin(metric)
        progress.update(
            task,
            completed=metric.step,
            total=metric.total_steps,
            loss=words.loss(metric.loss),
            speed=f"{metric.tokens_per_second:,.0f}",
        )

    def _begin(self, metric: Metric) -> "tuple[Progress, TaskID]":
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        progress = Progress(
            TextColumn("  step"),
            MofNCompleteColumn(),
            BarColumn(bar_width=None),
            TextColumn("loss {task.fields[loss]}"),
            TextColumn("{task.fields[speed]} tokens/s"),
            TimeRemainingColumn(),
            console=self._console,
        )
        task = progress.add_task("", total=metric.total_steps, completed=metric.step - 1, loss="-", speed="-")
        progress.start()
        self._bar = (progress, task)
        return self._bar

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False)


class NoReporter:
    """For commands whose one answer comes at the end."""

    def tell(self, event: HostEvent) -> None:
        return None

    def close(self) -> None:
        return None


def reporter_for(output: Output, *, lines: bool = True) -> Reporter:
    """A bar for people; for programs one object a line, or nothing."""
    if isinstance(output, PeopleOutput):
        return BarReporter(output)
    return LineReporter(output) if lines else NoReporter()
