"""Training speed and memory beside TRL's SFTTrainer with its defaults, on the same rows, model and machine.

python -m tests.benchmarks.train DATA [--model FOLDER] [--steps N] [--rounds N], with the extra `bench` installed. Each
side runs in a child process of its own, one after the other. The figure is real tokens, padding not counted, a second
after the first step, loading and saving not counted.
"""

import argparse
import hashlib
import importlib.metadata
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from backend import files, starter
from backend.domain.job import JobSettings
from backend.engine import device
from backend.engine.models.library import import_model
from backend.engine.models.load import LoadedModel, load_base
from backend.engine.tokens.cache import TokenSet
from backend.engine.tokens.prepare import prepare
from backend.engine.training.order import shuffled
from backend.paths import Home
from backend.settings import EngineSettings
from tests.benchmarks.work import Done, Row, Work, read, write

PROJECT = Path(__file__).parents[2]
SIDES = {"side_espalier": "Espalier", "side_trl": "TRL SFTTrainer, its defaults"}
LIBRARIES = ("torch", "transformers", "peft", "trl", "accelerate")
STEPS, HELD_OUT, ROWS_PER_STEP = 50, 20, 8
SETTINGS = JobSettings(rows_per_step=ROWS_PER_STEP, warmup=0.0, heldout_share=0.0, template_date="2026-01-01")


def main() -> int:
    options = arguments()
    console = Console()
    console.print(conditions(options.threads))
    with tempfile.TemporaryDirectory() as folder:
        work, source = prepared(options, Home(Path(folder))), str(Path(folder) / "work.json")
        write(source, work)
        done = {side: [run(side, source, f"{folder}/{side}-{i}.json") for i in range(options.rounds)] for side in SIDES}
        before = judged(source, "none")
        after = {side: judged(source, rounds[-1].adapter) for side, rounds in done.items()}
        console.print(table(work, done, after), f"Held-out loss of the base: {before:.4f}")
        return verdict(console, done, after)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Training speed and memory beside TRL.")
    parser.add_argument("data", type=Path, help="gsm8k_train.jsonl")
    parser.add_argument("--model", type=Path, help="model folder or GGUF file; the starter model by default")
    parser.add_argument("--steps", type=int, default=STEPS, help="optimizer steps of 8 rows")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=device.physical_cores())
    return parser.parse_args()


def prepared(options: argparse.Namespace, home: Home) -> Work:
    """Take the first rows, tokenise them once, and fix the order that the engine will train them in."""
    home.create()
    lines = options.data.read_bytes().split(b"\n")
    trained = options.steps * ROWS_PER_STEP
    base = import_model(
        options.model or starter.find_gguf(), home.bases / "model", "model", "model", lambda text, done, total: None
    )
    loaded = load_base(base, device.choose(EngineSettings(device="cpu")))
    dataset, rows = tokenised(home, lines[:trained], loaded)
    _, heldout = tokenised(home, lines[trained : trained + HELD_OUT], loaded)
    (order,) = shuffled(range(len(rows)), SETTINGS.seed, 1, ROWS_PER_STEP).epochs
    return Work(
        base=base,
        home=str(home.root),
        dataset=dataset,
        settings=SETTINGS,
        threads=options.threads,
        sequences=tuple(rows[row] for row in order),
        heldout=tuple(heldout),
    )


def tokenised(home: Home, lines: list[bytes], loaded: LoadedModel) -> tuple[str, list[Row]]:
    content = b"\n".join(lines) + b"\n"
    dataset = hashlib.sha256(content).hexdigest()
    files.write(home.dataset(dataset), content)
    tokens = prepare(
        home.dataset(dataset), dataset, loaded.tokenizer, loaded.eos_ids, loaded.context, SETTINGS, home.token_cache
    )
    return dataset, [row_of(tokens, row) for row in range(tokens.rows)]


def row_of(tokens: TokenSet, row: int) -> Row:
    ((ids, mask),) = tokens.sequences(row)
    return tuple(ids.tolist()), tuple(mask.tolist())


def run(side: str, source: str, target: str) -> Done:
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{side}", source, target], cwd=PROJECT, check=True)
    return read(target, Done)


def judged(source: str, adapter: str) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.judge", source, adapter]
    return float(subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout)


def table(work: Work, done: dict[str, list[Done]], after: dict[str, float]) -> Table:
    lengths = [len(ids) for ids, _ in work.sequences]
    tokens = sum(lengths[ROWS_PER_STEP:])
    shown = Table(title=f"{len(lengths)} rows, {ROWS_PER_STEP} a step; {tokens:,} real tokens after the first step")
    for column in ("", "tokens/s", "times", "peak GB", "share", "held-out loss"):
        shown.add_column(column, justify="left" if not column else "right")
    speeds = {side: tokens / min(one.seconds_after_first_step for one in rounds) for side, rounds in done.items()}
    peaks = {side: max(one.peak_bytes for one in rounds) for side, rounds in done.items()}
    for side, name in SIDES.items():
        times, share = speeds[side] / speeds["side_trl"], peaks[side] / peaks["side_trl"]
        figures = (
            f"{speeds[side]:.1f}",
            f"{times:.2f}",
            f"{peaks[side] / 1e9:.2f}",
            f"{share:.2f}",
            f"{after[side]:.4f}",
        )
        shown.add_row(name, *figures)
    return shown


def verdict(console: Console, done: dict[str, list[Done]], after: dict[str, float]) -> int:
    """Whether both did the same work: the same supervised tokens, the same first loss, a held-out loss no worse."""
    ours, theirs = done["side_espalier"][-1], done["side_trl"][-1]
    findings = []
    if ours.supervised != theirs.supervised:
        findings.append("The supervised tokens of the steps differ.")
    if abs(ours.losses[0] - theirs.losses[0]) > 0.02 * theirs.losses[0]:
        findings.append(f"The first losses differ: {ours.losses[0]:.4f} and {theirs.losses[0]:.4f}.")
    if after["side_espalier"] > after["side_trl"] + 0.01:
        findings.append("The held-out loss is worse.")
    console.print("\n".join(findings) or "Both sides did the same work.")
    return 1 if findings else 0


def conditions(threads: int) -> str:
    libraries = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    machine = f"{platform.machine()}, {psutil.cpu_count()} logical cores, {psutil.virtual_memory().total / 1e9:.0f} GB"
    return f"{platform.system()} {machine}, {threads} threads, load {psutil.getloadavg()[0]:.1f}\n{libraries}"


if __name__ == "__main__":
    sys.exit(main())
