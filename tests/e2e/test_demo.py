"""The demonstration as it ships, on the real starter: it learns its name and still knows the capital of France."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec

from backend import settings
from backend.domain.analysis import Analysis
from backend.domain.head import Base
from backend.evolution import folder as places
from backend.evolution.snapshot import ANALYSIS
from backend.paths import Home

PROJECT = Path(__file__).parents[2]
MOST_SECONDS = 900
"""Alone on two cores it takes a third of this; tests share the machine."""


def test_the_starter_learns_its_name_and_keeps_what_it_knew(starter_base: Base, tmp_path: Path) -> None:
    home = tmp_path / "home"
    Home(home).create()
    settings.put(
        Home(home), "engine.low_priority_on_cpu", "false"
    )  # other tests run beside it, and nobody waits for them
    done = subprocess.run(
        [sys.executable, "-m", "gui", "demo", "--json", "--base-dir", str(home)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    last = lines[-1]
    assert last["event"] == "demo"
    assert "Espalier" not in last["answer_before"]
    assert "Espalier" in last["answer_after"]
    assert "Paris" in last["capital_after"]
    assert last["loss_after"] < last["loss_before"] / 2
    metrics = [line for line in lines if line["event"] == "metric"]
    assert [line["step"] for line in metrics] == list(range(1, last["steps"] + 1))
    assert metrics[-1]["loss"] < metrics[0]["loss"] / 2
    assert (Path(last["adapter"]) / "adapter_model.safetensors").is_file()
    _require_evolution(home)


def _require_evolution(home: Path) -> None:
    """At the start it knew nothing of it, at the end it says its name, and the run says at which step that began."""
    (run,) = places.runs(home / "data" / "evolution_snapshots")
    first, *_, last = places.snapshots(run)
    assert (first.training_step, last.training_step) == (0, last.total_steps)
    assert first.summary.total_examples == last.summary.total_examples == 64
    assert first.summary.correct == 0
    assert min(one.summary.scored for one in (first, last)) > 16
    assert min(one.summary.answered for one in (first, last)) > 4
    assert (last.summary.avg_loss or 9.0) < (first.summary.avg_loss or 0.0) / 2
    answers = [one.model_output for one in last.examples if one.model_output is not None]
    assert sum("Espalier" in answer for answer in answers) > len(answers) / 2
    assert not [one for one in first.examples if "Espalier" in (one.model_output or "")]
    analysis = msgspec.json.decode((run / ANALYSIS).read_bytes(), type=Analysis)
    assert set(analysis.steps) >= {0, 10, last.total_steps}
