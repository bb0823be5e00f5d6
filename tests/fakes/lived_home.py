"""A small home with a past: trained, undone, consolidated, trained on, refused, stopped, backed up in two places."""

import shutil
from pathlib import Path

import msgspec

from backend import files
from backend.domain.backup import Subject
from backend.domain.job import JobState
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from tests.fakes.backup_host import back_up, use_second
from tests.fakes.hosting import Bench, give_base
from tests.fakes.scripted_engine import Script
from tests.fakes.version_host import done

STEPS = 6
SCRIPT = Script(steps=STEPS, save_every=2, seconds=0.0, refuse="refused")
WAITING = "waiting"
"""The one file that waits and was never begun."""
STOPPED = 6
"""The job that was stopped in the middle; the head stands on its last checkpoint."""


def live(root: Path) -> Home:
    """Make it in root/home, with the second location for backups in root/second; nobody is its host afterwards."""
    home = Home(root / "home")
    (root / "second").mkdir()
    with files.staged(home.bases / "tiny-00000000") as staging:
        files.write(staging / "model.safetensors", b"weights")
        files.write(staging / "metadata.json", b'{"name": "tiny"}')
    give_base(home)
    bench = Bench.open(home, SCRIPT)
    use_second(bench, root / "second")
    for name in ("first", "undone", "refused"):
        bench.queue(name)
    bench.train()
    bench.do(p.UndoTraining())
    bench.queue("again")
    bench.train()
    bench.do(p.TakeDaily())
    bench.until_event(p.DailyTaken)
    back_up(bench)
    done(bench, k.Consolidate(description="A year of training.", tags=("good",)))
    bench.do(k.TagVersion(version="v001", tags=("good", "checked")))
    back_up(bench, Subject.VERSION, "v001")
    back_up(bench, Subject.EVOLUTION, next(iter(home.evolution.iterdir())).name)
    bench.queue("onwards")
    bench.train()
    bench.host.close()
    _stop_in_the_middle(home)
    return home


def _stop_in_the_middle(home: Home) -> None:
    bench = Bench.open(home, msgspec.structs.replace(SCRIPT, wait_at=3))
    bench.queue("stopped")
    bench.do(p.StartTraining())
    bench.until_step(3)
    bench.do(p.StopTraining(reason="enough for today"))
    bench.until(lambda: bench.job(STOPPED).state is JobState.QUEUED and bench.job(STOPPED).step == 3)
    bench.queue(WAITING)
    bench.do(p.PauseTraining(reason="a holiday"))
    bench.host.close()


def put_back(root: Path, kept: Path) -> None:
    """Make the home as it was when it was kept: in its place, for rows name some places by whole paths."""
    shutil.rmtree(root)
    shutil.copytree(kept, root, symlinks=True)
