"""What goes wrong in the user's world, on the real program: a clear message, an exit status, and the queue goes on."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.drivers.espalier import PROJECT, command, espalier
from tests.fakes.command_line import Ended

Rows = list[dict[str, Any]]
GOOD = '{"prompt": "What is two and two?", "completion": "Four."}\n'
SHORT = ("--rows-per-step", "2", "--max-length", "128", "--evolution-budget", "0")
"""Quick: evolution on the starter has its own tests."""


@pytest.fixture(scope="module")
def tiny_home(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose head stands on the tiny model; copied for each test."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    for words in (("model", "add", tiny_model, "--name", "tiny"), ("model", "use", "tiny")):
        ended = espalier(home, *words)
        assert ended.status == 0, ended.err
    return home


@pytest.fixture
def home(tiny_home: Path, tmp_path: Path) -> Path:
    """Lies beside no other home: bases are named by their full path, so the library stays where it is."""
    return Path(shutil.copytree(tiny_home, tmp_path / "home", symlinks=True))


def test_bad_files_are_named_and_the_good_one_trains(home: Path, tmp_path: Path) -> None:
    bad = {
        "empty.jsonl": "",
        "nothing-to-learn.jsonl": '{"messages": [{"role": "user", "content": "Hello?"}]}\n',
        "folder.jsonl": None,
    }
    for name, text in bad.items():
        if text is None:
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_text(text)
    (tmp_path / "cut.jsonl").write_text(GOOD * 3 + '{"prompt": "And th')
    ended = espalier(home, "train", *(tmp_path / name for name in (*bad, "cut.jsonl")), *SHORT, "--json")
    assert ended.status == 1
    refused = {Path(line["file"]).name: line for line in ended.lines if line.get("event") == "refused"}
    assert refused.keys() == bad.keys(), ended.out
    assert all(line["error"] and line["hint"] for line in refused.values())
    assert (ended.lines[-1]["done"], ended.lines[-1]["refused"]) == (1, 3)
    (queued,) = ended.events("queued")
    (truncated,) = queued["bad_lines"]
    assert (truncated["line"], bool(truncated["reason"]), bool(truncated["remedy"])) == (4, True, True)


def test_rows_beyond_the_context_are_refused_unless_cutting_is_allowed(home: Path, tmp_path: Path) -> None:
    long = json.dumps({"prompt": "Count.", "completion": " ".join(map(str, range(2000)))}) + "\n"
    (tmp_path / "long.jsonl").write_text(long)
    (tmp_path / "longer.jsonl").write_text(long * 2)
    refused = espalier(home, "train", tmp_path / "long.jsonl", *SHORT, "--json")
    assert (refused.status, refused.lines[-1]["failed"]) == (1, 1)
    cut = espalier(home, "train", tmp_path / "longer.jsonl", *SHORT, "--cut-long-rows", "--json")
    assert (cut.status, cut.events("prepared")[0]["cut"]) == (0, 2)


@pytest.mark.parametrize("flaw", ["missing", "auto_map"])
def test_models_that_cannot_be_used_are_refused_with_what_to_do(
    home: Path, tiny_model: Path, tmp_path: Path, flaw: str
) -> None:
    model = tmp_path / "model"
    if flaw == "auto_map":
        shutil.copytree(tiny_model, model)
        config = json.loads((model / "config.json").read_text())
        (model / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "code.Model"}}))
    ended = espalier(home, "model", "add", model)
    assert ended.status in (1, 2)
    assert len(ended.err.strip().splitlines()) <= 2
    assert "Traceback" not in ended.err
    assert str(model) in ended.err or "auto_map" in ended.err


def test_a_model_folder_that_went_away_fails_its_job_with_a_remedy(home: Path, tmp_path: Path, tiny_home: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(GOOD * 4)
    library = next((tiny_home / "models" / "base").glob("tiny-*"))
    aside = library.with_name("aside")
    library.rename(aside)
    try:
        ended = espalier(home, "train", tmp_path / "rows.jsonl", *SHORT)
    finally:
        aside.rename(library)
    assert ended.status == 1
    assert str(library) in ended.err + ended.out
    assert "Traceback" not in ended.err


def test_a_host_killed_in_the_middle_goes_on_and_ends_as_if_nothing_had_been(
    home: Path, tmp_path: Path, write_rows: Callable[[Path, Rows], Path], sample_rows: Callable[[int], Rows]
) -> None:
    rows = write_rows(tmp_path / "rows.jsonl", sample_rows(60))
    words = ("train", rows, *SHORT, "--checkpoint-steps", "3", "--json")
    whole = Path(shutil.copytree(home, tmp_path / "whole", symlinks=True))
    assert espalier(whole, *words).status == 0
    going = subprocess.Popen(command(home, *words), cwd=PROJECT, stdout=subprocess.PIPE, encoding="utf-8")
    assert going.stdout is not None
    for line in going.stdout:
        if json.loads(line)["event"] == "checkpoint":
            break
    os.kill(going.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    going.communicate()
    after = espalier(home, "train", "--json")
    assert (after.status, after.lines[-1]["done"]) == (0, 1), after.err
    assert after.events("started")[0]["step"] >= 3
    adapters = [(place / "current_model" / "adapter_model.safetensors").read_bytes() for place in (home, whole)]
    assert adapters[0] == adapters[1]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="makes a small disk with Linux's means")
def test_a_disk_that_runs_full_pauses_the_job_and_says_what_it_needs(home: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("".join(GOOD.replace("two", f"two{i}", 1) for i in range(40)))
    (tmp_path / "disk").mkdir()
    resize = f"mount -t tmpfs -o remount,size={{}} none {tmp_path}/disk"
    script = (
        f"mount -t tmpfs -o size=3g none {tmp_path}/disk && cp -a {home} {tmp_path}/disk/home && $QUEUE >&2 &&"
        f" {resize.format('1g')} || exit 99; $TRAIN; echo status $?; {resize.format('3g')}; $TRAIN; echo status $?"
    )
    calls = {
        "QUEUE": command(tmp_path / "disk" / "home", "queue", "add", tmp_path / "rows.jsonl", *SHORT),
        "TRAIN": command(tmp_path / "disk" / "home", "train", "--json"),
    }
    environment = os.environ | {name: " ".join(call) for name, call in calls.items()}
    done = subprocess.run(
        ("unshare", "-m", "sh", "-c", script),
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, said, after = done.stdout.partition("status ")
    full = Ended(int(said and after[0]), before, done.stderr)
    assert full.status == 3, done.stdout
    assert any("bytes free" in str(line) for line in full.lines), full.out
    assert '"status":"done"' in after
    assert after.rstrip().endswith("status 0"), after[-2000:]
