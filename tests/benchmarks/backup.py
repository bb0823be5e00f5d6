"""A verified backup of 2 GB beside `borg create` of the same files, in turns on the same disk.

python -m tests.benchmarks.backup [--bytes N] [--rounds N], on the disk of the temporary folder ($TMPDIR chooses
another). The files are random bfloat16 weights. Ours is timed from the first byte read until the copy has its name:
hashed while it is copied, durable, and read back from the disk. Borg's is `borg create` into a new repository without
encryption, with its own default compression: durable, but not read back. Neither finds the files in the page cache.
The load test is not counted, for borg makes none: --load times it by itself, on the starter model.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy
from rich.console import Console

from backend import files
from backend.backup import copying
from backend.backup.root import Root
from backend.backup.source import Source
from backend.backup.trial import Trial, try_once
from backend.domain.backup import BackupCard, BackupType, Place, Subject
from backend.operations.work import Progress
from backend.paths import starter_folder
from backend.supervisor.launcher import trial_command

SHARDS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description="A verified backup beside borg.")
    parser.add_argument("--bytes", type=int, default=2_000_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--load", action="store_true", help="Also time the load test, on the starter model.")
    asked = parser.parse_args()
    console = Console(highlight=False)
    console.print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source = written(folder / "source", asked.bytes)
        took: dict[str, list[float]] = {"espalier": [], "borg": []}
        for number in range(asked.rounds):
            for name, run in (("espalier", ours), ("borg", borgs)):
                seconds, processor = timed(source, folder / f"{name}-{number}", run)
                took[name].append(seconds)
                speed = asked.bytes / seconds / 1e6
                console.print(f"{name}: {seconds:.2f} s, {speed:.0f} MB/s, {processor:.2f} s of processor")
    ratio = statistics.median(took["espalier"]) / statistics.median(took["borg"])
    console.print(f"median: {ratio:.2f} of the time of borg (goal: at most 1)")
    if asked.load:
        console.print(f"load test of the starter model, not counted above: {loading():.1f} s")


def written(folder: Path, size: int) -> Path:
    """An artefact with sums of its own."""
    generator = numpy.random.default_rng(0)
    with files.staged(folder) as staging:
        for number in range(SHARDS):
            weights = generator.standard_normal(size // SHARDS // 2, dtype=numpy.float32)
            content = (weights.view(numpy.uint32) >> 16).astype(numpy.uint16).tobytes()
            files.write(staging / f"model-{number}.safetensors", content)
    return folder


def timed(source: Path, target: Path, run: Callable[[Path, Path], object]) -> tuple[float, float]:
    """Seconds on the clock and of the processors; what earlier rounds left to write is written before."""
    os.sync()
    for path in source.iterdir():
        with path.open("rb") as stream:
            files.forget(stream.fileno())
    target.mkdir()
    before, used = time.perf_counter(), sum(os.times()[:4])
    run(source, target)
    found = time.perf_counter() - before, sum(os.times()[:4]) - used
    shutil.rmtree(target)
    return found


def ours(source: Path, target: Path) -> None:
    card = BackupCard(
        id="v001_20260101_000000",
        type=BackupType.MANUAL,
        subject=Subject.VERSION,
        of="v001",
        source="",
        created_at="2026-01-01T00:00:00.000Z",
        content_sha256="",
        bytes=0,
    )
    wanted = Source(Subject.VERSION, "v001", source, files.sha256(source / files.SUMS))
    means = copying.Means(lambda base, adapter, progress: Trial(), lambda path, kind, of: None)
    copying.take(Root(Place.HOME, target, target / "trash"), wanted, card, means, Progress())


def borgs(source: Path, target: Path) -> None:
    environment = {**os.environ, "BORG_BASE_DIR": str(target), "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"}
    repository = str(target / "repository")
    for words in (("init", "--encryption", "none", repository), ("create", f"{repository}::one", str(source))):
        subprocess.run(("borg", *words), env=environment, check=True, capture_output=True)


def loading() -> float:
    before = time.perf_counter()
    with tempfile.TemporaryDirectory() as logs:
        trial = try_once(trial_command(), Path(logs), starter_folder(), None, Progress())
    assert trial.loaded_at is not None, trial
    return time.perf_counter() - before


if __name__ == "__main__":
    main()
