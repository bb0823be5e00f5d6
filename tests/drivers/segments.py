"""Runs real segments of training in this process, and says what to wish at which step."""

import hashlib
import queue
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from backend import files
from backend.domain.head import AdapterSettings, Base
from backend.domain.job import JobSettings
from backend.engine import device
from backend.engine.control import Control
from backend.engine.resident import Resident
from backend.engine.training.ledger import StepEntry
from backend.engine.training.segment import Segment
from backend.paths import Home
from backend.protocol.engine import CheckpointSaved, Ended, EngineCommand, EngineEvent, Metric, Mode, Train
from backend.settings import EngineSettings

ENGINE = EngineSettings(device="cpu", threads=1, low_priority_on_cpu=False)
Event = TypeVar("Event")


class Silence:
    """A host that says nothing by itself."""

    def __init__(self) -> None:
        self._never: queue.SimpleQueue[EngineCommand] = queue.SimpleQueue()

    def receive(self) -> EngineCommand:
        return self._never.get()


class Told(list[EngineEvent]):
    """What a segment told. Wishes follow the metric of a step (0: before the first), or an event of a kind."""

    def __init__(self, wishes: Mapping[int, EngineCommand], then: Mapping[type, EngineCommand]) -> None:
        super().__init__()
        self.control = Control(Silence())
        self._wishes = wishes
        self._then = then
        self._wish(0)

    def send(self, event: EngineEvent, /) -> None:
        self.append(event)
        if isinstance(event, Metric):
            self._wish(event.step)
        if type(event) in self._then:
            self.control.put(self._then[type(event)])

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self if isinstance(event, kind)]

    @property
    def ended(self) -> Ended:
        (last,) = self.of(Ended)
        return last

    @property
    def saved(self) -> list[CheckpointSaved]:
        return self.of(CheckpointSaved)

    def _wish(self, step: int) -> None:
        if step in self._wishes:
            self.control.put(self._wishes[step])


class Job:
    """One job on a tiny base: its data, its folder, and the commands that train its segments."""

    def __init__(self, home: Home, base: Base, rows: list[dict[str, Any]], number: int = 1, **settings: Any) -> None:
        content = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        self.home = home
        self.number = number
        self.dataset = hashlib.sha256(content).hexdigest()
        self.base = base
        if not home.dataset(self.dataset).exists():
            files.write(home.dataset(self.dataset), content)
        self.settings = JobSettings(**{"template_date": "2026-01-02", "learning_rate": 1e-2, **settings})
        self.segments = 0

    @property
    def run_folder(self) -> Path:
        return self.home.run(self.number)

    def command(self, mode: Mode = Mode.START, **changes: Any) -> Train:
        """The next segment's command."""
        self.segments += 1
        command = Train(
            job=self.number,
            segment=self.segments,
            mode=mode,
            name="rows.jsonl",
            dataset=self.dataset,
            dataset_path=str(self.home.dataset(self.dataset)),
            base=self.base,
            adapter=AdapterSettings(r=4, alpha=8),
            settings=self.settings,
            engine=ENGINE,
            run_folder=str(self.run_folder),
            token_cache=str(self.home.token_cache),
            next_sequence=self.segments * 100,
        )
        return msgspec.structs.replace(command, **changes)

    def train(
        self,
        command: Train,
        wishes: Mapping[int, EngineCommand] | None = None,
        then: Mapping[type, EngineCommand] | None = None,
    ) -> Told:
        """Train one segment here, with a base loaded anew as in a new process."""
        told = Told(wishes or {}, then or {})
        Segment(command, device.choose(command.engine), Resident(), told, told.control).train()
        return told

    def resume(self, saved: CheckpointSaved, wishes: Mapping[int, EngineCommand] | None = None, **changes: Any) -> Told:
        return self.train(self.command(Mode.RESUME, resume_from=saved.path, **changes), wishes)

    def ledger(self) -> list[tuple[Any, ...]]:
        """What the ledger says of each step, the number of its segment apart."""
        return [msgspec.structs.astuple(msgspec.structs.replace(entry, segment=0)) for entry in self.entries()]

    def entries(self) -> list[StepEntry]:
        lines = (self.run_folder / "ledger.jsonl").read_bytes().splitlines()
        return [msgspec.json.decode(line, type=StepEntry) for line in lines if b"samples" in line]


def adapter_bytes(saved: CheckpointSaved) -> bytes:
    return (Path(saved.path) / "adapter_model.safetensors").read_bytes()
