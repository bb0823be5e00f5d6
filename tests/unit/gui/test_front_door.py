"""What the front door does before it reads a word: children of a frozen program, and streams that are missing."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from gui.__main__ import main

PROJECT = Path(__file__).parents[3]
WITHOUT_STREAMS = """
import sys
sys.stdout = sys.stderr = None
from gui.__main__ import main
status = main({words!r})
print("said", file=sys.stdout)
print("said", file=sys.stderr)
sys.exit(40 + status)
"""


class ReachedFirst(Exception):
    """Raised where a frozen child would become what it was started for."""


@pytest.mark.parametrize("words", [[], ["--engine"], ["status"], ["--multiprocessing-fork", "pipe_handle=5"]])
def test_a_child_of_a_frozen_program_is_known_before_any_word_is_read(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def reach() -> None:
        raise ReachedFirst

    monkeypatch.setattr(multiprocessing, "freeze_support", reach)
    with pytest.raises(ReachedFirst):
        main(words)


@pytest.mark.parametrize(
    ("words", "status"), [(["--version"], 0), (["settings", "list", "--json"], 2), (["no-such-command"], 2)]
)
def test_a_program_without_streams_does_its_work_in_silence(words: list[str], status: int, tmp_path: Path) -> None:
    program = WITHOUT_STREAMS.format(words=[*words, "--base-dir", str(tmp_path)])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=PROJECT, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (40 + status, b"", b"")
