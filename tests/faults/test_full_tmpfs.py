"""A disk that is really full at any stage of a consolidation: a clean failure, and success once there is room."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from backend.domain.head import Base
from tests.drivers import full_disk
from tests.faults.loops import CHOSEN
from tests.faults.tally import Tally

SCRIPT = 'mount -t tmpfs -o size=64m none "$1" && exec "$2" "$3" "$1" "$4" "$5"'
TRIES = 24 if CHOSEN else 5


def _can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not _can_mount(), reason="only root on Linux can mount a small file system")
def test_a_disk_full_at_any_stage_of_a_consolidation_changes_nothing(
    tiny_base: Base, tmp_path: Path, tally_of: list[Tally]
) -> None:
    began = time.monotonic()
    disk = tmp_path / "disk"
    disk.mkdir()
    program = full_disk.__file__
    base = msgspec.json.encode(tiny_base).decode()
    command = ("unshare", "-m", "sh", "-c", SCRIPT, "sh", str(disk), sys.executable, program, base, str(TRIES))
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "user-data")}
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert ended.returncode == 0, ended.stderr
    report = msgspec.json.decode(ended.stdout.splitlines()[-1], type=full_disk.Report)
    failed = [one for one in report.tries if one.state != "done"]
    tally = Tally(
        operation="consolidate",
        fault="disk full",
        recorded=len(report.tries),
        tried=len(report.tries),
        hit=len(failed),
        faults=[text for one in report.tries for text in one.wrong],
        seconds=time.monotonic() - began,
    )
    tally_of.append(tally)
    assert not tally.faults
    assert len(failed) >= len(report.tries) // 2
    assert all(one.head_stayed and one.exit_status and one.names_bytes for one in failed), failed
    assert all(one.state in ("failed", "refused", "done") for one in report.tries)
    assert report.tries[-1].state == report.last == "done"
