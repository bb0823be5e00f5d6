"""The queue in a real window under a window manager, by mouse: files dropped, rows dragged, buttons pressed."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.drivers.seen_window import Place
from tests.fakes.drag_source import SIDE
from tests.fakes.screen import Screen
from tests.fakes.watched_window import Watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Xvfb stands for a screen on Linux only")

PROJECT = Path(__file__).parents[2]
DRAG_SOURCE = PROJECT / "tests" / "fakes" / "drag_source.py"
HALF_A_ROW = 9


@pytest.fixture
def drop(screen: Screen, window: Watched) -> Iterator[Callable[..., None]]:
    """Drags files from another program onto the window."""
    sources: list[subprocess.Popen[str]] = []

    def drop_files(*files: Path) -> None:
        source = subprocess.Popen(
            [sys.executable, str(DRAG_SOURCE), "5", "5", *map(str, files)],
            env=screen.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        sources.append(source)
        assert source.stdout is not None
        assert source.stdout.readline() == "ready\n"
        screen.drag((5 + SIDE // 2, 5 + SIDE // 2), (300, 450), lambda: screen.shoot("hovering-over-the-queue"))
        assert source.stdout.readline() == "dropped CopyAction\n"

    yield drop_files
    for source in sources:
        source.kill()
        source.communicate()


def five_files(folder: Path) -> list[Path]:
    """Three good ones, one of which some lines are bad, and one that holds nothing."""
    made = []
    for name in ("a", "b", "c"):
        made.append(folder / f"{name}.jsonl")
        made[-1].write_text("".join(f'{{"text": "{name} {n}"}}\n' for n in range(5)), encoding="utf-8")
    made.append(folder / "some-bad.jsonl")
    made[-1].write_text('{"text": "good"}\n{broken\n', encoding="utf-8")
    made.append(folder / "all-bad.jsonl")
    made[-1].write_text("{broken\nno row\n", encoding="utf-8")
    return made


def above(place: Place) -> Place:
    return place[0], place[1] - HALF_A_ROW


def test_five_files_two_of_them_bad_are_dropped_reordered_paused_and_skipped_by_mouse(
    screen: Screen, window: Watched, drop: Callable[..., None], tmp_path: Path
) -> None:
    drop(*five_files(tmp_path))
    seen = window.until(lambda seen: len(seen.rows) == 4, "four rows")
    assert seen.order == ("a.jsonl", "b.jsonl", "c.jsonl", "some-bad.jsonl")
    window.until(lambda seen: "4 files queued" in seen.banner and "1 refused" in seen.banner, "the answer")
    screen.shoot("dropped")

    screen.drag(seen.rows["c.jsonl"], above(seen.rows["a.jsonl"]), lambda: screen.shoot("dragging"))
    seen = window.until(lambda seen: seen.order[:2] == ("c.jsonl", "a.jsonl"), "c before a")
    screen.drag(seen.rows["some-bad.jsonl"], above(seen.headings["normal"]), lambda: None)
    seen = window.until(lambda seen: seen.order[0] == "some-bad.jsonl", "a file in the high level")
    screen.drag(seen.rows["b.jsonl"], above(seen.rows["c.jsonl"]), lambda: None)
    window.until(lambda seen: seen.order == ("some-bad.jsonl", "b.jsonl", "c.jsonl", "a.jsonl"), "b before c")
    screen.shoot("reordered")

    window.press("start")
    window.until(lambda seen: seen.state == "training" and seen.states["some-bad.jsonl"] == "running", "training")
    window.press("pause")
    window.until(lambda seen: seen.state == "paused", "the pause")
    screen.shoot("paused")
    window.press("skip")
    window.until(lambda seen: seen.states["some-bad.jsonl"] == "skipped", "the skip")
    window.press("resume")
    window.until(lambda seen: seen.states["b.jsonl"] == "running", "the next file")
    screen.shoot("skipped")
    assert window.seen.order == ("b.jsonl", "c.jsonl", "a.jsonl", "some-bad.jsonl")
    window.process.terminate()
    assert window.process.wait(60) == 0
