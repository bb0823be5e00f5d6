"""The demonstration as it ships, on the real starter: it learns its name and still knows the capital of France."""

import json
import subprocess
import sys
from pathlib import Path

from backend.domain.head import Base

PROJECT = Path(__file__).parents[2]
MOST_SECONDS = 900
"""Alone on two cores it takes a third of this; tests share the machine."""


def test_the_starter_learns_its_name_and_keeps_what_it_knew(starter_base: Base, tmp_path: Path) -> None:
    home = tmp_path / "home"
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
