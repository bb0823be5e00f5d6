"""One side of the training benchmark: a segment of the engine. `python -m tests.benchmarks.side_espalier WORK DONE`."""

import queue
import sys
from pathlib import Path

from backend.domain.head import AdapterSettings
from backend.engine import device
from backend.engine.control import Control
from backend.engine.resident import Resident
from backend.engine.training.segment import Segment
from backend.paths import Home
from backend.protocol.engine import CheckpointSaved, EngineCommand, EngineEvent, Metric, Mode, Train
from backend.settings import EngineSettings
from tests.benchmarks.work import Clock, Done, Work, peak_bytes, read, write


class Watch:
    """Takes the engine's events, and says nothing to it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.metrics: list[Metric] = []
        self.saved: list[CheckpointSaved] = []
        self._never: queue.SimpleQueue[EngineCommand] = queue.SimpleQueue()

    def receive(self) -> EngineCommand:
        return self._never.get()

    def send(self, event: EngineEvent, /) -> None:
        match event:
            case Metric():
                self.clock.step_ended()
                self.metrics.append(event)
            case CheckpointSaved():
                self.saved.append(event)
            case _:
                pass


def main(source: str, target: str) -> None:
    work = read(source, Work)
    home = Home(Path(work.home))
    engine = EngineSettings(threads=work.threads, low_priority_on_cpu=False)
    command = Train(
        job=1,
        segment=1,
        mode=Mode.START,
        name="benchmark",
        dataset=work.dataset,
        dataset_path=str(home.dataset(work.dataset)),
        base=work.base,
        adapter=AdapterSettings(),
        settings=work.settings,
        engine=engine,
        run_folder=str(Path(target).with_suffix("")),
        token_cache=str(home.token_cache),
        next_sequence=1,
    )
    watch = Watch()
    Segment(command, device.choose(engine), Resident(), watch, Control(watch)).train()
    done = Done(
        supervised=tuple(metric.supervised for metric in watch.metrics),
        losses=tuple(metric.loss for metric in watch.metrics),
        seconds_after_first_step=watch.clock.seconds_after_first_step,
        peak_bytes=peak_bytes(),
        adapter=watch.saved[-1].path,
    )
    write(target, done)


if __name__ == "__main__":
    main(*sys.argv[1:])
