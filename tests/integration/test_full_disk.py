"""A file system that is really full: the reserve makes room for the last step, and the job goes on later."""

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from backend.domain.head import Base

TRAINING = """
import sys
from pathlib import Path
import msgspec
sys.path.insert(0, sys.argv[1])
from backend import files
from backend.domain.head import Base
from backend.paths import Home
from backend.protocol.engine import Metric, Outcome
from tests.drivers import segments

home, filler = Home(Path(sys.argv[2]) / "home"), Path(sys.argv[2]) / "filler"
base = msgspec.json.decode(sys.argv[3], type=Base)
home.create()
files.RESERVE_BYTES = 1 << 20
tell = segments.Told.send


def tell_and_fill(self, event, /):
    tell(self, event)
    if isinstance(event, Metric) and event.step == 2:
        with filler.open("wb", buffering=0) as stream:
            try:
                while True:
                    stream.write(bytes(4096))
            except OSError:
                pass


rows = [
    {"messages": [{"role": "user", "content": f"{n}?"}, {"role": "assistant", "content": f"{n}."}]}
    for n in range(40)
]
job = segments.Job(home, base, rows, rows_per_step=8, checkpoint_steps=2)
segments.Told.send = tell_and_fill
told = job.train(job.command(reserve=str(home.space_reserve)))
segments.Told.send = tell
print(told.ended.outcome, [(saved.step, saved.reason) for saved in told.saved], home.space_reserve.exists())
filler.unlink()
again = job.resume(told.saved[0], reserve=str(home.space_reserve))
print(again.ended.outcome, [metric.step for metric in again.of(Metric)][:1], home.space_reserve.exists())
"""


def _can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not _can_mount(), reason="only root on Linux can mount a small file system")
def test_a_really_full_disk_lets_the_reserve_go_and_saves_the_last_step(tiny_base: Base, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=96m none "$1" && exec "$2" -c "$3" "$4" "$1" "$5"'
    root, base = str(Path(__file__).parents[2]), msgspec.json.encode(tiny_base).decode()
    command = ("unshare", "-m", "sh", "-c", script, "sh", str(disk), sys.executable, TRAINING, root, base)
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == ["no-space [(2, 'no-space')] False", "done [3] True"], ended.stderr
