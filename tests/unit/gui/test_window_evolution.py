"""The Evolution tab in the whole window: a training grows before one's eyes, and choices are remembered."""

from collections.abc import Callable

from backend.domain.job import JobState
from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.evolution.body import RunBody
from gui.evolution.choice import Measure
from tests.fakes.evolution_runs import index
from tests.fakes.scripted_engine import Script
from tests.fakes.window import OpenWindow, User, WriteFile
from tests.makers.evolution_files import make_run


def body(user: User) -> RunBody:
    """What shows the run, once the plot library is loaded."""
    user.wait_for(lambda: user.window.evolution.body is not None)
    found = user.window.evolution.body
    assert found is not None
    return found


def test_the_tab_stands_between_live_and_log(user: Callable[..., User]) -> None:
    tabs = user().window.tabs
    assert [tabs.tabText(place) for place in range(tabs.count())] == ["Live", "Evolution", "Log"]


def test_runs_that_lie_in_the_home_are_shown_when_the_window_opens(home: Home, user: Callable[..., User]) -> None:
    make_run(home, examples=12)
    index(home)
    shown = body(somebody := user())
    somebody.wait_for(lambda: shown.picture.map.size == (12, 4))


def test_choices_are_remembered_by_the_next_window(
    home: Home, open_window: OpenWindow, user: Callable[..., User]
) -> None:
    first = user()
    first.window.evolution.bar.measure.setCurrentIndex(1)
    first.window.evolution.bar.order.setCurrentIndex(3)
    first.window.tabs.setCurrentIndex(1)
    gone: list[bool] = []
    first.program.gone.connect(lambda: gone.append(True))
    first.program.closing.now()
    first.wait_for(lambda: bool(gone))
    second = user().window
    assert second.evolution.bar.chosen_measure is Measure.SIMILARITY
    assert second.evolution.bar.order.currentIndex() == 3
    assert second.tabs.currentIndex() == 1


def test_each_snapshot_of_a_training_joins_while_one_looks(user: Callable[..., User], write_file: WriteFile) -> None:
    somebody = user(Script(steps=30, seconds=0.01))
    shown = body(somebody)
    widths: list[int] = []
    somebody.window.evolution.reader.read.connect(lambda reply, continues: widths.append(shown.picture.map.size[1]))
    somebody.drop(write_file("grows.jsonl"))
    somebody.press(ActionId.START)
    somebody.wait_for(lambda: somebody.job("grows.jsonl").state is JobState.DONE)
    somebody.wait_for(lambda: shown.grid is not None and shown.grid.steps == (0, 10, 20, 30))
    assert widths == sorted(widths)
    assert "grows.jsonl" in somebody.window.evolution.bar.run.currentText()
