"""What snapshots cost: the same training with the default budget and without snapshots, one after the other.

python -m tests.benchmarks.evolution DATA [--rows N] [--epochs N] [--model FOLDER]. Prints the seconds of training and
of snapshots; fails where those between start and end take more than the budget, or where the adapters differ.
"""

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

import msgspec
import psutil
from rich.console import Console

from backend import files, starter
from backend.domain.head import AdapterSettings
from backend.domain.job import JobSettings
from backend.domain.snapshot import Reason, Snapshot
from backend.engine import device
from backend.engine.control import Control
from backend.engine.models.library import import_model
from backend.engine.resident import Resident
from backend.engine.training.segment import Segment
from backend.evolution import folder as places
from backend.paths import Home
from backend.protocol.engine import EngineEvent, EvolutionEnded, Mode, SnapshotTaken, Train
from backend.protocol.evolution import EvolutionOrder
from backend.settings import EngineSettings
from tests.benchmarks.side_espalier import Watch

ROWS = 400


class Seen(Watch):
    """Notes what snapshots took, in all, as the engine tells it."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[int, float] = {}
        self.has_ended = False

    def send(self, event: EngineEvent, /) -> None:
        match event:
            case SnapshotTaken(step=step, seconds=seconds):
                self.taken[step] = seconds
            case EvolutionEnded():
                self.has_ended = True
            case _:
                super().send(event)


def main() -> int:
    parser = argparse.ArgumentParser(description="What snapshots cost.")
    parser.add_argument("data", type=Path, help="a file of training rows")
    parser.add_argument("--model", type=Path, help="model folder or GGUF file; the starter model by default")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--threads", type=int, default=device.physical_cores())
    options = parser.parse_args()
    console = Console()
    console.print(f"{psutil.cpu_count()} logical cores, {options.threads} threads, load {psutil.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place:
        command = prepared(options, Home(Path(place)))
        plain, without = trained(msgspec.structs.replace(command, evolution=None, run_folder=f"{place}/plain"))
        watched, adapter = trained(command)
        assert command.evolution is not None
        snapshots = list(places.snapshots(Path(command.evolution.folder)))
        return verdict(console, plain, watched, snapshots, same=without == adapter)


def prepared(options: argparse.Namespace, home: Home) -> Train:
    home.create()
    content = b"\n".join(options.data.read_bytes().split(b"\n")[: options.rows]) + b"\n"
    dataset = hashlib.sha256(content).hexdigest()
    files.write(home.dataset(dataset), content)
    source = options.model or starter.find_gguf()
    base = import_model(source, home.bases / "model", "model", "model", lambda text, done, total: None)
    return Train(
        job=1,
        segment=1,
        mode=Mode.START,
        name=options.data.name,
        dataset=dataset,
        dataset_path=str(home.dataset(dataset)),
        base=base,
        adapter=AdapterSettings(),
        settings=JobSettings(epochs=options.epochs, template_date="2026-01-01"),
        engine=EngineSettings(threads=options.threads, low_priority_on_cpu=False),
        run_folder=str(home.run(1)),
        token_cache=str(home.token_cache),
        next_sequence=1,
        evolution=EvolutionOrder(folder=str(home.evolution / "benchmark-00000000_20261125_000000"), origin="0" * 64),
    )


def trained(command: Train) -> tuple[Seen, bytes]:
    """What was seen, and the adapter at the end."""
    seen = Seen()
    Segment(command, device.choose(command.engine), Resident(), seen, Control(seen)).train()
    return seen, (Path(seen.saved[-1].path) / "adapter_model.safetensors").read_bytes()


def verdict(console: Console, plain: Seen, watched: Seen, snapshots: list[Snapshot], *, same: bool) -> int:
    training = watched.metrics[-1].seconds
    console.print(f"Training {training:.1f} s, without snapshots {plain.metrics[-1].seconds:.1f} s.")
    for one in snapshots:
        summary = one.summary
        console.print(
            f"step {one.training_step:5d} {one.reason.value:8s} {watched.taken[one.training_step]:6.2f} s: "
            f"losses {summary.scored}/{summary.total_examples} in {one.loss_seconds:.2f} s, "
            f"answers {summary.answered} in {one.answer_seconds:.2f} s, loss {summary.avg_loss or 0:.3f}"
        )
    between = sum(watched.taken[one.training_step] for one in snapshots if one.reason is Reason.SCHEDULE)
    share, whole = 100 * between / training, 100 * sum(watched.taken.values()) / training
    console.print(f"Between start and end {share:.2f} %, in all {whole:.1f} % of the training time.")
    findings = []
    if share > snapshots[0].budget_percent:
        findings.append(f"More than the budget of {snapshots[0].budget_percent:g} %.")
    if not same:
        findings.append("The adapters differ.")
    if not watched.has_ended:
        findings.append("Evolution did not end.")
    console.print("\n".join(findings) or "Within the budget, and the adapters are equal to the bit.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
