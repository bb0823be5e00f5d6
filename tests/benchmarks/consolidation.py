"""What a consolidation costs beside its parity check: once the time to read and write the model, in the same run.

python -m tests.benchmarks.consolidation DATA [--rows N] [--model FOLDER]. Prints each stretch of the work; fails where
it takes more than 1.5 times as long as a durable, hashed copy of the model's files, its own parity check left out.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psutil
from rich.console import Console

from backend import files, starter
from backend.domain.head import AdapterSettings
from backend.engine import device
from backend.engine.models.library import import_model
from backend.paths import Home
from backend.protocol.engine import Activity, EngineEvent, Merge
from backend.settings import EngineSettings
from tests.drivers.merging import merge_here, merge_of
from tests.drivers.segments import Job, Told

ROWS = 24
LIMIT = 1.5
PARITY = ("reading ", "putting the adapter", "answering", "measuring", "loading")
"""Beginnings of the stretches that belong to the parity check; "reading the version back" does not."""
READ_BACK = "reading the version back"


class Stretches(Told):
    """Seconds by what the engine says it does."""

    def __init__(self) -> None:
        super().__init__({}, {})
        self.seconds: dict[str, float] = {}
        self._text = "beginning"
        self._begun = time.perf_counter()

    def send(self, event: EngineEvent, /) -> None:
        super().send(event)
        if isinstance(event, Activity):
            self.close(event.text)

    def close(self, text: str = "") -> None:
        now = time.perf_counter()
        self.seconds[self._text] = self.seconds.get(self._text, 0.0) + now - self._begun
        self._text, self._begun = text, now


def main() -> int:
    parser = argparse.ArgumentParser(description="What a consolidation costs beside its parity check.")
    parser.add_argument("data", type=Path, help="a file of training rows")
    parser.add_argument("--model", type=Path, help="model folder or GGUF file; the starter model by default")
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as place:
        home = Home(Path(place) / "home")
        order = prepared(options, home)
        console.print(f"{psutil.cpu_count()} logical cores, load {psutil.getloadavg()[0]:.1f}")
        once = min(copied(Path(order.base.path), home.trash / str(number)) for number in range(2))
        stretches = Stretches()
        card = merge_here(order, stretches).card
        stretches.close()
        return verdict(console, once, stretches.seconds, tries=len(card.gate.tries) if card.gate is not None else 0)


def prepared(options: argparse.Namespace, home: Home) -> Merge:
    home.create()
    source = options.model or starter.find_gguf()
    base = import_model(source, home.bases / "model", "model", "model", lambda text, done, total: None)
    rows = [json.loads(line) for line in options.data.read_bytes().splitlines()[: options.rows]]
    engine = EngineSettings(threads=device.physical_cores(), low_priority_on_cpu=False)
    job = Job(home, base, rows, learning_rate=1e-3, epochs=4)
    told = job.train(job.command(adapter=AdapterSettings(), engine=engine))
    return msgspec.structs.replace(merge_of(job, Path(told.saved[-1].path)), engine=engine)


def copied(folder: Path, target: Path) -> float:
    """Seconds to read and to write every byte once, durably."""
    files.make_folder(target)
    begun = time.perf_counter()
    for path in folder.iterdir():
        files.copy(path, target / path.name)
    return time.perf_counter() - begun


def verdict(console: Console, once: float, seconds: dict[str, float], *, tries: int) -> int:
    for text, took in seconds.items():
        console.print(f"{took:7.2f} s  {'parity' if in_parity(text) else '      '}  {text}")
    parity = sum(took for text, took in seconds.items() if in_parity(text))
    rest = sum(seconds.values()) - parity
    console.print(
        f"Reading and writing the model once: {once:.2f} s. Parity check: {parity:.2f} s. All else: {rest:.2f} s, "
        f"{rest / once:.2f} times ({tries} tries)."
    )
    return 1 if rest > LIMIT * once else 0


def in_parity(text: str) -> bool:
    return text.startswith(PARITY) and not text.startswith(READ_BACK)


if __name__ == "__main__":
    sys.exit(main())
