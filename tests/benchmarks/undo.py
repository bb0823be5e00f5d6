"""Undo and redo of the last training of a large head, every byte of what it goes back to read first.

python -m tests.benchmarks.undo [--rank N], on the disk of the temporary folder ($TMPDIR chooses another). Two files of
one step each are trained on the starter model; its rank of 128 makes a checkpoint as large as that of an 8B model at
rank 16. The page cache holds the checkpoint, as it does after a training.
"""

import argparse
import platform
import tempfile
import time
from pathlib import Path

from rich.console import Console

from backend import settings
from backend.datasets.intake import take_in
from backend.domain.head import Head
from backend.opening import open_host
from backend.paths import Home
from backend.protocol import host as p
from backend.service import Service

GOAL_SECONDS = 2.0
ROW = '{{"prompt": "How many are {n} and {n}?", "completion": "They are {double}."}}\n'


def main() -> None:
    parser = argparse.ArgumentParser(description="Undo and redo of the last training.")
    parser.add_argument("--rank", type=int, default=128)
    rank = parser.parse_args().rank
    console = Console()
    console.print(f"{platform.platform()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.create()
        settings.put(home, "adapter.r", str(rank))
        host = open_host(home)
        assert isinstance(host, Service)
        try:
            size = trained(host, Path(folder))
            for name, request in (("undo", p.UndoTraining()), ("redo", p.RedoTraining())):
                before = time.perf_counter()
                reply = host.handle(request)
                took = time.perf_counter() - before
                assert isinstance(reply, p.Done), reply
                console.print(f"{name}: {took:.2f} s, checkpoint of {size / 1e6:.0f} MB (goal {GOAL_SECONDS} s)")
        finally:
            host.close()


def trained(host: Service, folder: Path) -> int:
    """Train two files; the size of the head's checkpoint in bytes."""
    host.handle(p.UseModel(slug="starter"))
    for number in range(2):
        file = folder / f"{number}.jsonl"
        rows = range(8 * number, 8 * number + 8)
        file.write_text("".join(ROW.format(n=n, double=2 * n) for n in rows), encoding="utf-8")
        queued = host.handle(p.Enqueue(dataset=take_in(host.home, file)))
        assert isinstance(queued, p.Queued), queued
    host.handle(p.StartTraining())
    while not any(isinstance(event, p.QueueFinished) for event in host.pump()):
        host.wait(1.0)
    reply = host.handle(p.GetHead())
    assert isinstance(reply, p.HeadReply)
    return size_of(host.home, reply.head)


def size_of(home: Home, head: Head) -> int:
    assert head.checkpoint is not None
    return sum(file.stat().st_size for file in (home.root / head.checkpoint.path).rglob("*") if file.is_file())


if __name__ == "__main__":
    main()
