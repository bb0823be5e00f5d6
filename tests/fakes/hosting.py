"""A host of a small home for tests, on the scripted engine, with waiting for conditions instead of for time."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from backend import files
from backend.domain.dataset import Dataset, Report
from backend.domain.head import Base, Head
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.domain.move import MoveKind
from backend.domain.status import HostState, Status
from backend.host import Host
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import Metric
from backend.service import Service
from backend.store.store import Store
from backend.supervisor.launcher import LocalLauncher
from tests.fakes import scripted_trial
from tests.fakes.scripted_engine import Script

Event = TypeVar("Event")
PATIENCE = 60.0
"""No test waits this long unless something is broken."""


OpenBench = Callable[[Script], "Bench"]
Enqueue = Callable[[str, int, JobSettings], Job]


def dataset(home: Home, name: str) -> Dataset:
    """A stored file of one row."""
    content = f'{{"text": "{name}"}}\n'.encode()
    sha256 = hashlib.sha256(content).hexdigest()
    files.make_folder(home.datasets)
    files.write(home.dataset(sha256), content)
    return Dataset(sha256=sha256, name=name, bytes=len(content), report=Report(rows=1, refused=0))


def give_base(home: Home, slug: str = "tiny") -> None:
    """Put a base model that only the scripted engine can train into the library, and the head on it."""
    home.create()
    store = Store.open(home)
    folder = home.bases / f"{slug}-00000000"
    if not folder.exists():
        with files.staged(folder) as staging:
            files.write(staging / "model.safetensors", b"weights")
    with store.atomic():
        store.bases.put(Base(slug=slug, path=str(folder), sha256=files.sha256(folder / files.SUMS)))
        store.head.move(Head(base=slug), MoveKind.USE)
    store.close()


class Bench:
    """A host and everything it said."""

    def __init__(self, host: Host, home: Home) -> None:
        self.host = host
        self.home = home
        self.events: list[p.HostEvent] = []
        self._seen = 0

    @classmethod
    def open(cls, home: Home, script: Script) -> "Bench":
        return cls(Service(home, LocalLauncher(script.command(), scripted_trial.command())), home)

    def ask(self, request: p.Request) -> p.Reply:
        return self.host.handle(request)

    def do(self, request: p.Request) -> str:
        reply = self.ask(request)
        assert isinstance(reply, p.Done), reply
        return reply.text

    def refusal(self, request: p.Request) -> p.Failure:
        reply = self.ask(request)
        assert isinstance(reply, p.Failure), reply
        return reply

    def queue(self, name: str, priority: Priority = Priority.NORMAL, *, again: bool = False) -> Job:
        request = p.Enqueue(dataset=dataset(self.home, name), priority=priority, allow_duplicate=again)
        reply = self.ask(request)
        assert isinstance(reply, p.Queued), reply
        return reply.job

    def job(self, number: int) -> Job:
        return next(job for job in self.jobs() if job.id == number)

    def jobs(self) -> tuple[Job, ...]:
        reply = self.ask(p.ListJobs())
        assert isinstance(reply, p.JobsReply), reply
        return reply.jobs

    def states(self) -> dict[str, JobState]:
        return {job.name: job.state for job in self.jobs()}

    def head(self) -> Head:
        reply = self.ask(p.GetHead())
        assert isinstance(reply, p.HeadReply), reply
        return reply.head

    def status(self) -> Status:
        reply = self.ask(p.GetStatus())
        assert isinstance(reply, p.StatusReply), reply
        return reply.status

    def until(self, holds: Callable[[], bool], what: str = "the condition") -> None:
        """Pump until `holds`."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, f"{what} did not come; the last events: {self.events[-12:]}"
            self.host.wait(0.05)
            self.events += self.host.pump()

    def until_event(self, kind: type[Event], fits: Callable[[Event], bool] = lambda _: True) -> Event:
        """Pump until an event of this kind comes, looking after the last one that was waited for."""
        found: list[Event] = []

        def there() -> bool:
            while self._seen < len(self.events) and not found:
                event = self.events[self._seen]
                self._seen += 1
                if isinstance(event, kind) and fits(event):
                    found.append(event)
            return bool(found)

        self.until(there, kind.__name__)
        return found[0]

    def until_state(self, state: HostState) -> None:
        self.until(lambda: self.status().state is state, state)

    def until_step(self, step: int) -> None:
        """Until a job has trained this far in its present segment."""
        self.until_event(Metric, lambda metric: metric.step >= step)

    def train(self) -> p.QueueFinished:
        self.do(p.StartTraining())
        return self.until_event(p.QueueFinished)

    def told(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    def notices(self) -> str:
        return "\n".join(f"{notice.level}: {notice.text} {notice.hint}" for notice in self.told(p.Notice))

    def saved_steps(self, job: int) -> list[int]:
        """Steps whose checkpoint folders are on disk, oldest first."""
        folders = sorted(self.home.checkpoints(job).glob("[0-9]*"))
        return [int((folder / "adapter_model.safetensors").read_text().partition(":")[2]) for folder in folders]

    def engine_pid(self) -> int:
        assert isinstance(self.host, Service)
        return self.host.engine_pid or 0


def adapter_text(home: Home) -> str:
    """What the scripted engine wrote as the head's adapter: job:step."""
    return (Path(home.current_model) / "adapter_model.safetensors").read_text()
