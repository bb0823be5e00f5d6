"""The child that looks at a file: heard to its end, ended on request, watched for time and memory; never a host."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from backend.domain.head import Base
from backend.domain.job import JobSettings
from backend.locks import KernelLock
from backend.paths import Home
from backend.preview import process as module
from backend.preview.process import PreviewProcess
from backend.protocol.preview import Looked, NotReadable, PreviewEvent, PreviewOrder
from backend.supervisor import child as children

PATIENCE = 60.0
WriteRows = Callable[[Path, Iterable[dict[str, Any]]], Path]
Start = Callable[..., PreviewProcess]
SILENT = "import sys; sys.stdin.buffer.readline(); sys.stdin.buffer.read()"
STUBBORN = "import time\nwhile True: time.sleep(1)"


@pytest.fixture
def rows(tmp_path: Path, write_rows: WriteRows) -> Path:
    return write_rows(tmp_path / "rows.jsonl", [{"prompt": "Who?", "completion": "Espalier."}] * 3)


@pytest.fixture
def start(home: Home, rows: Path) -> Iterator[Start]:
    """Starts a child, the real one unless there is code to run instead; sees it gone afterwards."""
    started: list[PreviewProcess] = []

    def run(code: str | None = None, base: Base | None = None, path: Path = rows) -> PreviewProcess:
        order = PreviewOrder(path=bytes(path), name=path.name, settings=JobSettings(), base=base)
        child = PreviewProcess(order, home, (sys.executable, "-c", code) if code is not None else None)
        started.append(child)
        return child

    yield run
    for child in started:
        child.close()


def heard(child: PreviewProcess) -> list[PreviewEvent]:
    """Everything up to the last event."""
    events: list[PreviewEvent] = []
    deadline = time.monotonic() + PATIENCE
    while not child.over:
        assert time.monotonic() < deadline, events
        child.wait(0.05)
        events += child.take()
    return events


def failure(child: PreviewProcess) -> NotReadable:
    last = heard(child)[-1]
    assert isinstance(last, NotReadable), last
    return last


def alive(pid: int | None) -> bool:
    assert pid is not None
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_real_child_tells_what_the_file_holds(start: Start, tiny_base: Base) -> None:
    last = heard(start(base=tiny_base))[-1]
    assert isinstance(last, Looked)
    assert (last.preview.rows, last.preview.duplicates, last.preview.complete) == (3, 2, True)
    texts = ["".join(span.text for span in row.sequences[0] if span.learned) for row in last.preview.first]
    assert texts == ["Espalier.<|im_end|>"] * 3


def test_it_runs_beside_a_host_and_an_engine(start: Start, home: Home, tiny_base: Base) -> None:
    with KernelLock(home.host_lock), KernelLock(home.engine_lock):
        assert isinstance(heard(start(base=tiny_base))[-1], Looked)


def test_it_needs_no_home_and_makes_none(tmp_path: Path, rows: Path) -> None:
    nowhere = Home(tmp_path / "nowhere")
    order = PreviewOrder(path=bytes(rows), name="rows", settings=JobSettings(), base=None)
    child = PreviewProcess(order, nowhere)
    try:
        assert isinstance(heard(child)[-1], Looked)
    finally:
        child.close()
    assert not nowhere.root.exists()


def test_a_file_that_cannot_be_read_is_told_as_such(start: Start, tmp_path: Path) -> None:
    found = failure(start(path=tmp_path / "missing.jsonl"))
    assert "missing.jsonl" in found.message
    assert found.hint


def test_it_ends_when_it_is_asked_to(start: Start) -> None:
    child = start(SILENT)
    pid = child.pid
    assert alive(pid)
    child.close()
    assert not alive(pid)
    child.close()


def test_the_real_child_ends_in_the_middle_of_its_work(
    start: Start, tiny_base: Base, tmp_path: Path, write_rows: WriteRows
) -> None:
    many = write_rows(tmp_path / "many.jsonl", ({"text": f"row {n} " * 40} for n in range(20_000)))
    child = start(base=tiny_base, path=many)
    while not child.take():
        child.wait(0.05)
    pid = child.pid
    assert alive(pid)
    child.close()
    assert not alive(pid)


def test_one_that_does_not_listen_is_ended_all_the_same(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LEAVE_SECONDS", 0.1)
    child = start(STUBBORN)
    pid = child.pid
    child.close()
    assert not alive(pid)


def test_a_child_that_dies_is_told_with_its_status(start: Start) -> None:
    found = failure(start("import sys; print('boom', file=sys.stderr); sys.exit(7)"))
    assert "exit status 7" in found.message
    assert "preview.log" in found.hint


def test_a_child_that_says_nonsense_is_told(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    assert "without a result" in failure(start("print('hello')")).message
    assert "nobody understands" in caplog.text


def test_a_program_that_cannot_be_started_is_told(home: Home, rows: Path) -> None:
    order = PreviewOrder(path=bytes(rows), name="rows", settings=JobSettings(), base=None)
    assert "could not be started" in failure(PreviewProcess(order, home, (str(home.root / "no-program"),))).message


def test_silence_ends_it(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.0)
    child = start(SILENT)
    pid = child.pid
    assert "nothing came of it" in failure(child).message
    assert not alive(pid)


def test_too_much_memory_ends_it(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEMORY_LIMIT", 1)
    child = start(SILENT)
    pid = child.pid
    assert "memory" in failure(child).message
    assert not alive(pid)


def test_events_keep_their_order_through_waiting(start: Start) -> None:
    lines = "".join(f'{{"type":"Reading","done":{n},"total":9}}\n' for n in range(9))
    child = start(f"import sys; sys.stdin.buffer.readline(); sys.stdout.write({lines!r})")
    events: list[PreviewEvent] = []
    while not child.over:
        child.wait(0.05)
        child.wait(0.05)
        events += child.take()
    assert [msgspec.to_builtins(event).get("done") for event in events] == [*range(9), None]
