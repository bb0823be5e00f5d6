"""What a drop on the window does: it lights up, stores, queues, and answers."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData

from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.paths import Home
from gui.actions.catalogue import ActionId
from tests.fakes.scripted_engine import Script
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


def test_content_that_waits_already_is_asked_about_and_left_out_unless_wanted(
    user: SitDown, write_file: WriteFile
) -> None:
    me = user()
    same, other = write_file("same.jsonl"), write_file("other.jsonl")
    me.drop(same)
    me.drop(same, other)
    assert me.names() == ["same.jsonl", "other.jsonl"]
    assert "1 in the queue already" in me.banner
    me.choose("twin-question", "Leave out")
    assert me.names() == ["same.jsonl", "other.jsonl"]
    me.drop(same)
    me.choose("twin-question", "Queue again")
    me.wait_for(lambda: me.names() == ["same.jsonl", "other.jsonl", "same.jsonl"])
    assert me.banner == "same.jsonl is queued, third."


def test_the_question_about_twins_leaves_out_by_default_and_names_what_waits(
    user: SitDown, write_file: WriteFile
) -> None:
    me = user()
    me.drop(write_file("same.jsonl"))
    me.drop(write_file("same.jsonl"))
    box = me.question("twin-question")
    assert box.defaultButton().text() == "Leave out"
    assert "same.jsonl, job 1, queued" in box.informativeText()
    box.close()
    assert me.names() == ["same.jsonl"]


def test_content_that_was_trained_before_is_queued_and_said(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=2))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.DONE)
    me.drop(write_file("a.jsonl"))
    assert me.names() == ["a.jsonl"]
    assert "trained before, as job 1" in me.banner


def test_very_many_files_are_queued_in_few_requests_and_the_copying_is_told(
    user: SitDown, write_file: WriteFile
) -> None:
    me = user()
    requests: list[object] = []
    told: list[str] = []
    me.program.drops.asked.connect(requests.append)
    me.program.drops.moved.connect(lambda _: told.append(me.banner))
    me.drop(*(write_file(f"{number}.jsonl", 1) for number in range(120)))
    assert me.names() == [f"{number}.jsonl" for number in range(120)]
    assert len(requests) < 40
    assert "120 files queued, from first place on" in me.banner
    assert any(words.startswith("Copying 1 of 120") for words in told)


def test_an_empty_queue_invites_and_gives_way_to_the_first_file(user: SitDown, write_file: WriteFile) -> None:
    me = user()
    assert me.window.queue.invites
    me.drop(write_file("a.jsonl"))
    assert not me.window.queue.invites
