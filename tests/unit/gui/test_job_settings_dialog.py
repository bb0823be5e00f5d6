"""Settings of files: changed in one or several that wait, read-only where training has begun."""

from collections.abc import Callable

from backend.domain.job import JobState
from backend.protocol.host import EditJob
from gui.actions.catalogue import ActionId
from gui.settings.job_dialog import JobSettingsDialog
from tests.fakes.scripted_engine import Script
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]


def opened(me: User, *names: str) -> JobSettingsDialog:
    me.window.queue.select([me.job(name).id for name in names])
    me.press(ActionId.JOB_SETTINGS)
    [dialog] = [one for one in me.window.findChildren(JobSettingsDialog) if one.isVisible()]
    return dialog


def test_only_what_was_edited_is_sent_and_shown(user: SitDown, write_file: WriteFile) -> None:
    me = user()
    assert not me.can(ActionId.JOB_SETTINGS)
    me.drop(write_file("a.jsonl"))
    dialog = opened(me, "a.jsonl")
    requests: list[EditJob] = []
    dialog.wanted.connect(requests.append)
    assert not dialog.save.isEnabled()
    dialog.form.fields["epochs"].editor.put("4")
    dialog.save.click()
    me.wait_for(lambda: "a.jsonl trains with epochs = 4" in me.banner)
    assert requests == [EditJob(job=1, changes={"epochs": "4"})]
    assert me.job("a.jsonl").settings.epochs == 4


def test_a_refusal_stands_at_its_field_and_nothing_is_lost(user: SitDown, write_file: WriteFile) -> None:
    me = user()
    me.drop(write_file("a.jsonl"))
    dialog = opened(me, "a.jsonl")
    dialog.form.fields["dropout"].editor.put("2")
    dialog.save.click()
    me.wait_for(lambda: bool(dialog.message))
    assert "does not fit dropout" in dialog.form.fields["dropout"].wrong
    dialog.form.fields["seed"].editor.put("8")
    dialog.save.click()
    me.wait_for(dialog.save.isEnabled)
    assert dialog.form.changes == {"dropout": "2", "seed": "8"}
    assert me.job("a.jsonl").settings.seed == 0


def test_several_files_take_the_edits_and_keep_what_differs(user: SitDown, write_file: WriteFile) -> None:
    me = user()
    me.drop(write_file("a.jsonl"), write_file("b.jsonl"))
    me.program.starter.requested.emit(EditJob(job=2, changes={"seed": "7", "epochs": "5"}))
    me.wait_for(lambda: me.job("b.jsonl").settings.seed == 7)
    dialog = opened(me, "a.jsonl", "b.jsonl")
    assert "2 files" in dialog.windowTitle()
    dialog.form.fields["dropout"].editor.put("0.25")
    dialog.form.fields["epochs"].editor.put("5")
    dialog.form.fields["epochs"].editor.put("1")
    assert dialog.form.changes == {"dropout": "0.25", "epochs": "1"}
    dialog.save.click()
    me.wait_for(lambda: "The settings of 2 files are saved." in me.banner)
    frozen = [me.job(name).settings for name in ("a.jsonl", "b.jsonl")]
    assert [(one.dropout, one.seed, one.epochs) for one in frozen] == [(0.25, 0, 1), (0.25, 7, 1)]


def test_of_a_trained_file_the_settings_can_only_be_read(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=5))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.DONE)
    dialog = opened(me, "a.jsonl")
    assert "was trained with" in dialog.about.text()
    assert not dialog.save.isVisible()
    assert not dialog.form.fields["epochs"].reset.isVisible()


def test_a_file_that_begins_meanwhile_refuses_and_the_edits_stay(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=30, wait_at=20))
    me.drop(write_file("a.jsonl"))
    dialog = opened(me, "a.jsonl")
    dialog.form.fields["epochs"].editor.put("2")
    me.press(ActionId.START)
    me.wait_for(lambda: me.job("a.jsonl").state is JobState.RUNNING)
    dialog.save.click()
    me.wait_for(lambda: bool(dialog.message))
    assert "Only the settings of a waiting job" in dialog.message
    assert dialog.form.changes == {"epochs": "2"}
