"""What a drop on the window does: it lights up, stores, queues, and answers."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData

from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.paths import Home
from gui.actions.catalogue import ActionId
from tests.fakes.window import User, WriteFile, carried, hover, leave

SitDown = Callable[..., User]


def test_files_over_the_window_light_it_up_until_they_leave(user: SitDown, write_file: WriteFile) -> None:
    window = user().window
    assert not window.is_lit()
    assert hover(window, carried([write_file("a.jsonl")]))
    assert window.is_lit()
    leave(window)
    assert not window.is_lit()


def test_text_over_the_window_is_not_taken(user: SitDown) -> None:
    window = user().window
    words = QMimeData()
    words.setText("no file")
    assert not hover(window, words)
    assert not window.is_lit()


def test_a_dropped_file_is_stored_and_queued_and_the_answer_says_where(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user()
    me.drop(write_file("first.jsonl"))
    me.drop(write_file("second.jsonl"), write_file("third.jsonl"))
    assert me.names() == ["first.jsonl", "second.jsonl", "third.jsonl"]
    assert "2 files queued, from second place on" in me.banner
    assert "started" not in me.banner
    assert me.state is HostState.IDLE
    assert {home.dataset(job.dataset).exists() for job in me.window.queue.model.jobs()} == {True}
    me.drop(write_file("fourth.jsonl"))
    assert me.banner == "fourth.jsonl is queued, fourth."


def test_refused_files_and_lines_are_told_with_reason_and_remedy(
    user: SitDown, write_file: WriteFile, tmp_path: Path
) -> None:
    me = user()
    nothing = tmp_path / "nothing.jsonl"
    nothing.touch()
    me.drop(write_file("good.jsonl", 3, "{broken"), nothing, tmp_path)
    assert me.names() == ["good.jsonl"]
    assert "good.jsonl is queued, first" in me.banner
    assert "2 refused" in me.banner
    details = me.window.banner.details
    assert "nothing.jsonl" in details
    assert "folder" in details
    assert "line 4" in details


def test_the_same_file_twice_is_refused_the_second_time(user: SitDown, write_file: WriteFile) -> None:
    me = user()
    me.drop(write_file("same.jsonl"))
    me.drop(write_file("same.jsonl"))
    assert me.names() == ["same.jsonl"]
    assert "same.jsonl was refused" in me.banner


def test_an_empty_queue_invites_and_gives_way_to_the_first_file(user: SitDown, write_file: WriteFile) -> None:
    me = user()
    assert me.window.queue.invites
    me.drop(write_file("a.jsonl"))
    assert not me.window.queue.invites


def test_a_file_moves_between_levels_and_out_of_the_queue(user: SitDown, write_file: WriteFile) -> None:
    me = user()
    me.drop(write_file("a.jsonl"), write_file("b.jsonl"), write_file("c.jsonl"))
    me.window.queue.select([me.job("c.jsonl").id])
    me.press(ActionId.TO_HIGH)
    me.wait_for(lambda: me.names() == ["c.jsonl", "a.jsonl", "b.jsonl"])
    assert not me.can(ActionId.TO_HIGH)
    me.window.queue.select([me.job("a.jsonl").id, me.job("b.jsonl").id])
    me.press(ActionId.REMOVE)
    me.wait_for(lambda: me.names() == ["c.jsonl"])
    assert [job.state for job in me.window.queue.model.jobs()] == [JobState.QUEUED]
