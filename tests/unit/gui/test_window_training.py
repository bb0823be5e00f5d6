"""The window while a queue trains: figures follow, buttons follow facts, a failure stops nothing but its file."""

from collections.abc import Callable

from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.format import NOTHING
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]
STEADY = Script(steps=4000, seconds=0.005, save_every=1000)


def states_seen(me: User) -> list[HostState]:
    """The states that the window goes through from this one on, each once in a row."""
    seen = [me.state]

    def note() -> None:
        if seen[-1] is not me.state:
            seen.append(me.state)

    me.program.facts.changed.connect(note)
    return seen


def test_start_trains_the_queue_and_every_step_is_drawn(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=12))
    assert not me.can(ActionId.START)
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.DONE)
    plot = me.plot()
    me.wait_for(lambda: plot.drawn() == (12, 2))
    assert plot.raw.steps == list(range(1, 13))
    me.wait_for(lambda: me.state is HostState.IDLE)
    figures = me.window.live.figures
    assert (figures.value("held-out"), figures.value("step"), figures.value("speed")) == ("1.0000", "12 / 12", NOTHING)
    assert "The queue is finished: 1 file trained." in me.banner


def test_pausing_lasts_until_the_checkpoint_is_on_disk_and_resume_ends_the_job(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user(Script(steps=400, wait_at=50, save_every=1000, save_seconds=0.4))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)
    seen = states_seen(me)
    words: list[str] = []
    me.program.facts.changed.connect(lambda: words.append(me.window.status_line.state.text()))
    me.press(ActionId.PAUSE)
    me.wait_for_state(HostState.PAUSING)
    assert not me.can(ActionId.PAUSE)
    assert not me.can(ActionId.RESUME)
    assert me.window.windowTitle().startswith("Pausing…")
    me.wait_for_state(HostState.PAUSED)
    assert "Pausing…" in words
    step = me.program.facts.now.status.checkpoint_step
    job = me.job("a.jsonl")
    assert [path.name for path in home.checkpoints(job.id).iterdir()] == ["00000001"]
    assert f"saved at step {step}" in me.window.status_line.file.whole_text()
    assert not me.can(ActionId.START)
    me.press(ActionId.RESUME)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.DONE)
    me.wait_for_state(HostState.IDLE)
    assert seen == [
        HostState.TRAINING,
        HostState.PAUSING,
        HostState.PAUSED,
        HostState.TRAINING,
        HostState.IDLE,
    ]
    assert me.plot().raw.steps == list(range(1, 401))


def test_pause_while_idle_holds_the_queue_and_resume_lets_it_go_on(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=12))
    me.press(ActionId.PAUSE)
    me.wait_for_state(HostState.PAUSED)
    assert "the queue is held" in me.window.status_line.file.whole_text()
    assert not me.can(ActionId.SKIP)
    me.drop(write_file("a.jsonl"))
    assert me.state is HostState.PAUSED
    assert not me.can(ActionId.START)
    me.press(ActionId.RESUME)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.DONE)
    me.wait_for_state(HostState.IDLE)


def test_a_queue_that_was_held_with_nothing_in_it_says_that_nothing_is_left(user: SitDown) -> None:
    me = user()
    me.press(ActionId.PAUSE)
    me.wait_for_state(HostState.PAUSED)
    me.press(ActionId.RESUME)
    me.wait_for(lambda: me.banner == "Nothing is left to train.")


def test_stop_ends_the_segment_and_start_goes_on_from_there(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=300, wait_at=50, save_every=1000))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)
    me.press(ActionId.STOP)
    me.wait_for_state(HostState.STOPPED)
    assert 3 < me.job("a.jsonl").step <= 50
    assert me.window.queue.model.job_index(me.job("a.jsonl").id).siblingAtColumn(2).data() == "stopped"
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.DONE)
    assert me.plot().raw.steps == list(range(1, 301))


def test_skip_lets_the_next_file_pass_and_the_skipped_one_goes_on_later(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=200, wait_at=50, save_every=1000))
    me.drop(write_file("a.jsonl"), write_file("b.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)
    ended: list[str] = []

    def note() -> None:
        ended.extend(
            job.name for job in me.window.queue.model.jobs() if job.state is JobState.DONE and job.name not in ended
        )

    me.program.facts.changed.connect(note)
    me.press(ActionId.SKIP)
    me.wait_for(lambda: len(ended) == 2)
    assert ended == ["b.jsonl", "a.jsonl"]


def test_a_failed_file_does_not_stop_the_queue(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=5, refuse="bad.jsonl"))
    me.drop(write_file("bad.jsonl"), write_file("good.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("good.jsonl").state is JobState.DONE)
    assert me.job("bad.jsonl").state is JobState.FAILED
    me.wait_for(lambda: "1 file trained, 1 file failed" in me.banner)
    lines = [line.text for line in me.window.log.model.last(100)]
    assert any("nothing to learn" in line for line in lines)


def test_save_now_writes_a_checkpoint_and_training_goes_on(user: SitDown, write_file: WriteFile, home: Home) -> None:
    me = user(STEADY)
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > 3)
    me.press(ActionId.SAVE)
    me.wait_for(lambda: any(home.checkpoints(me.job("a.jsonl").id).glob("[0-9]*")))
    me.wait_for(lambda: "Saved at step" in me.banner)
    assert any(entry.text.startswith("Saved at step") for entry in me.window.log.model.last(20))
    saved_at = me.program.facts.now.status.step or 0
    me.wait_for(lambda: (me.program.facts.now.status.step or 0) > saved_at)
    assert me.state is HostState.TRAINING


def test_the_row_of_the_file_moves_with_the_training(user: SitDown, write_file: WriteFile) -> None:
    me = user(STEADY)
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("a.jsonl").step > 60)
    shown = me.window.queue.model.job_index(me.job("a.jsonl").id)
    assert shown.siblingAtColumn(2).data() == "trains"
    me.wait_for(lambda: shown.siblingAtColumn(4).data() not in ("", "0%"))


def test_without_a_model_the_window_offers_one_and_takes_it(user: SitDown, write_file: WriteFile) -> None:
    me = user(base=False)
    me.wait_for(lambda: "No model is chosen" in me.banner)
    me.drop(write_file("a.jsonl"))
    assert not me.can(ActionId.START)
    me.press(ActionId.ADD_STARTER)
    me.wait_for(lambda: me.can(ActionId.START))
    base = me.program.facts.now.base
    assert base is not None
    assert base.slug == "starter"
