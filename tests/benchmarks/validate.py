"""Validate a file of rows as `espalier queue add` does, and load it with `datasets.load_dataset`, side by side.

    python tests/benchmarks/validate.py [FILE] [--megabytes 200]

FILE is repeated until it has the wanted size. Needs the extra `bench` for the other side; says so where it is missing.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 5
ROW = {
    "messages": [
        {"role": "user", "content": "How many apples? " * 12},
        {"role": "assistant", "content": "Seven. " * 40},
    ]
}
OURS = """
import sys, time, json
from pathlib import Path
from backend.datasets.reader import CHUNK
from backend.datasets.scan import scan
begun = time.perf_counter()
with Path(sys.argv[1]).open("rb") as stream:
    rows = scan(iter(lambda: stream.read(CHUNK), b"")).rows
"""
THEIRS = """
import sys, time, json, tempfile, warnings
warnings.simplefilter("ignore")
import datasets
datasets.disable_progress_bars()
begun = time.perf_counter()
with tempfile.TemporaryDirectory() as cache:
    rows = len(datasets.load_dataset("json", data_files=sys.argv[1], split="train", cache_dir=cache))
"""
REPORT = """
seconds = time.perf_counter() - begun
if sys.platform == "win32":
    import psutil
    peak = psutil.Process().memory_info().peak_wset
else:
    from resource import RUSAGE_SELF, getrusage
    peak = getrusage(RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([rows, seconds, peak]))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="rows to repeat; without it rows are made up")
    parser.add_argument("--megabytes", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        size, expected = repeat(given.file, path, given.megabytes << 20)
        print(f"{size / 1e6:.0f} MB, {expected:,} rows; {platform.machine()}, {os.cpu_count()} CPUs, {versions()}")
        print(f"{'':24}{'MB/s':>8}{'peak MB':>10}")
        sides = {"espalier, every row": OURS}
        if importlib.util.find_spec("datasets") is None:
            print("datasets.load_dataset   not installed: pip install 'espalier[bench]'")
        else:
            sides["datasets.load_dataset"] = THEIRS
        best = measured(sides, path, expected)
        for name, (seconds, memory) in best.items():
            print(f"{name:24}{size / 1e6 / seconds:8.0f}{memory:10.0f}")
        if len(best) == 2:
            ours, theirs = (seconds for seconds, _ in best.values())
            print(f"ratio {theirs / ours:.2f} (goal: at least 2)")
    return 0


def repeat(source: Path | None, target: Path, wanted: int) -> tuple[int, int]:
    """Write `wanted` bytes or a little more; returns bytes and rows."""
    content = source.read_bytes() if source else (json.dumps(ROW) + "\n").encode() * 10_000
    times = max(1, -(-wanted // len(content)))
    with target.open("wb") as stream:
        for _ in range(times):
            stream.write(content)
    return len(content) * times, sum(1 for line in lines(content)) * times


def lines(content: bytes) -> Iterator[bytes]:
    return (line for line in content.splitlines() if line.strip())


def measured(sides: dict[str, str], path: Path, expected: int) -> dict[str, tuple[float, float]]:
    """Seconds of each side's fastest round and MB of its largest; the sides take turns, each in a new process."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        for name, code in sides.items():
            rows, seconds, memory = once(code, path)
            if rows != expected:
                raise SystemExit(f"{name} read {rows:,} rows instead of {expected:,}")
            fastest, largest = best.get(name, (seconds, 0.0))
            best[name] = (min(seconds, fastest), max(memory / 1e6, largest))
    return best


def once(code: str, path: Path) -> tuple[int, float, float]:
    """Rows, seconds and bytes of memory of one run."""
    command = [sys.executable, "-c", code + REPORT, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    rows, seconds, memory = json.loads(done.stdout.splitlines()[-1])
    return rows, seconds, memory


def versions() -> str:
    named = ["msgspec", "datasets", "pyarrow"]
    found = {name: importlib.metadata.version(name) for name in named if importlib.util.find_spec(name)}
    return ", ".join(f"{name} {version}" for name, version in {"Python": platform.python_version(), **found}.items())


if __name__ == "__main__":
    sys.exit(main())
