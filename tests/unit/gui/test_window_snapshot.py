"""Snapshot now: announced at once, told by its figures when it is on disk, and not without an engine."""

from collections.abc import Callable

from backend.domain.snapshot import Reason
from backend.domain.status import HostState
from backend.evolution import folder as places
from backend.paths import Home
from backend.protocol.engine import SnapshotFailed
from gui.actions.catalogue import ActionId
from gui.snapshotting import Snapshotting
from gui.tray.icon import MENU
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]


def test_a_snapshot_is_asked_for_and_told_by_its_figures(user: SitDown, write_file: WriteFile, home: Home) -> None:
    me = user(Script(steps=40, seconds=0.001, gate_at=7))
    assert not me.can(ActionId.SNAPSHOT)
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.program.facts.now.status.step == 7)
    me.press(ActionId.SNAPSHOT)
    assert me.banner == "Taking a snapshot…"
    banner = me.window.banner
    assert banner.shows_progress
    me.wait_for(lambda: me.banner.startswith("Snapshot of step 7: loss "))
    assert me.banner.endswith(" of 4 right.")
    me.wait_for(lambda: not banner.shows_progress)
    (run,) = places.runs(home.evolution)
    assert [one.reason for one in places.snapshots(run)] == [Reason.START, Reason.REQUEST]
    plot = me.plot()
    me.wait_for(lambda: [one.step for one in plot.marks.marks] == [0, 7])


def test_where_a_paused_step_has_its_snapshot_that_one_is_told(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user(Script(steps=40, seconds=0.001, wait_at=10))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    plot = me.plot()
    me.wait_for(lambda: [one.step for one in plot.marks.marks] == [0, 10])
    me.press(ActionId.PAUSE)
    me.wait_for_state(HostState.PAUSED)
    me.wait_for(lambda: me.can(ActionId.SNAPSHOT))
    me.press(ActionId.SNAPSHOT)
    me.wait_for(lambda: me.banner.startswith("Snapshot of step 10: loss "))
    me.press(ActionId.RESUME)
    me.wait_for_state(HostState.IDLE)
    (run,) = places.runs(home.evolution)
    assert list(places.steps(run)) == [0, 10, 20, 30, 40]


def test_a_snapshot_that_the_end_of_the_training_overtakes_is_not_awaited_for_ever(
    user: SitDown, write_file: WriteFile
) -> None:
    me = user(Script(steps=40, seconds=0.001, wait_at=10))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.program.facts.now.status.step == 10)
    taking = Snapshotting(me.window.banner, me.window.log, me.program.job_snapshots)  # one that no engine hears
    taking.learn(me.program.facts.now)
    me.program.facts.changed.connect(taking.learn)
    taking.take()
    me.press(ActionId.STOP)
    me.wait_for_state(HostState.STOPPED)
    me.wait_for(lambda: me.banner == "No snapshot was taken: the training ended first.")
    assert not me.can(ActionId.SNAPSHOT)


def test_what_failed_is_said_once(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=40, seconds=0.001, wait_at=10))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.program.facts.now.status.step == 10)
    taking = Snapshotting(me.window.banner, me.window.log, me.program.job_snapshots)
    taking.learn(me.program.facts.now)
    me.program.facts.changed.connect(taking.learn)
    taking.take()
    taking.learn_failure(SnapshotFailed(job=me.job("a.jsonl").id, step=10, message="The disk is full."))
    me.window.banner.say("warning", "The disk is full.")
    me.press(ActionId.STOP)
    me.wait_for_state(HostState.STOPPED)
    assert "the training ended first" not in me.banner


def test_the_tray_offers_it_beside_save() -> None:
    assert (ActionId.SAVE, ActionId.SNAPSHOT) in MENU
