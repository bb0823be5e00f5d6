"""One example in the whole window: what is chosen in the tab is shown, what is chosen in the view is marked there."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from backend.domain.job import JobState
from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.evolution.body import RunBody
from gui.evolution.example import ExampleView
from tests.fakes.evolution_runs import index
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile
from tests.makers.evolution_files import make_run

SitDown = Callable[..., User]


def parts(user: User) -> tuple[RunBody, ExampleView]:
    """The tab's body and the view in it, once the plot library is loaded."""
    user.wait_for(lambda: user.window.evolution.findChild(ExampleView) is not None)
    body, view = user.window.evolution.body, user.window.evolution.findChild(ExampleView)
    assert body is not None
    assert isinstance(view, ExampleView)
    return body, view


def steps(view: ExampleView) -> list[int]:
    return [stage.at.step for stage in view.stages.stages.records]


def test_the_example_that_is_chosen_is_shown_and_its_steps_are_marked_in_the_tab(user: SitDown, home: Home) -> None:
    make_run(home)
    index(home)
    me = user()
    me.window.tabs.setCurrentWidget(me.window.evolution)
    body, view = parts(me)
    me.wait_for(lambda: body.picture.map.size == (12, 4))
    body.picture.cell_chosen.emit((2, 1))
    me.wait_for(lambda: steps(view) == [0, 10, 25, 33])
    assert body.grid is not None
    assert view.shown == body.grid.examples[body.places[2]].example_id
    assert view.stages.current is not None
    assert view.stages.current.at.step == 10
    QTest.keyClick(view.stages, Qt.Key.Key_Down)
    me.wait_for(lambda: body.picture.chosen == (2, 2))


def test_a_row_whose_file_is_gone_cannot_be_pinned_and_the_view_says_why(user: SitDown, home: Home) -> None:
    make_run(home)
    index(home)
    me = user()
    body, view = parts(me)
    me.wait_for(lambda: body.grid is not None)
    body.picture.cell_chosen.emit((0, 0))
    me.wait_for(lambda: view.shown is not None)
    view.pin.trigger()
    me.wait_for(lambda: "cannot be read" in view.said.text())
    assert view.pin.text() == "Pin example"


def test_stages_come_while_one_looks(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=30, seconds=0.01))
    body, view = parts(me)
    me.drop(write_file("grows.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: body.grid is not None and bool(body.places))
    body.picture.cell_chosen.emit((0, 0))
    me.wait_for(lambda: me.job("grows.jsonl").state is JobState.DONE)
    me.wait_for(lambda: steps(view) == [0, 10, 20, 30])
