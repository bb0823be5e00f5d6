"""Consolidation from the window: what will happen, progress, a safe end at any moment, and what came of it."""

from collections.abc import Callable

from backend.paths import Home
from gui.actions.catalogue import ActionId
from gui.consolidation.dialog import ConsolidateDialog, Phase
from gui.history.dialog import HistoryDialog
from tests.fakes.hosting import adapter_text
from tests.fakes.keeping_window import open_consolidation, train
from tests.fakes.scripted_engine import Script
from tests.fakes.scripted_merge import FLOAT32, REFUSED, WAITS
from tests.fakes.window import User, WriteFile

SitDown = Callable[..., User]


def versions(home: Home) -> list[str]:
    return sorted(path.name for path in home.versions.glob("v[0-9]*")) if home.versions.is_dir() else []


def test_a_head_without_training_says_that_there_is_nothing_to_merge(user: SitDown) -> None:
    dialog = open_consolidation(user())
    assert "no adapter to merge" in dialog.message
    assert not dialog.go.isEnabled()


def test_it_shows_what_happens_then_what_came_of_it_and_leads_to_the_history(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user(Script(steps=5, merge=FLOAT32))
    train(me, write_file("a.jsonl"))
    dialog = open_consolidation(me)
    assert dialog.plan.facts.rows["Holds"] == "the training of a.jsonl"
    assert len(dialog.steps.steps) > 3
    assert dialog.steps.ticked == ()
    dialog.plan.name.setText("First try")
    dialog.plan.tags.setText("good, small, good")
    dialog.go.click()
    me.wait_for(lambda: dialog.phase is Phase.OUTCOME)
    assert dialog.steps.ticked == dialog.steps.steps
    assert (
        dialog.outcome.verdict.text()
        == "Keeps 100.0 % of what was learned; bfloat16 kept only 26.0 %, so float32 was taken."
    )
    assert dialog.outcome.answer.toPlainText() == "I am Espalier."
    me.wait_for(lambda: "v001" in me.banner)
    dialog.to_history.click()
    [history] = me.window.findChildren(HistoryDialog)
    me.wait_for(lambda: history.version is not None)
    assert history.version is not None
    assert (history.version.id, history.version.tags) == ("v001", ("good", "small"))
    assert len(versions(home)) == 1


def test_it_goes_on_without_its_dialog_and_broken_off_it_leaves_everything_as_before(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user(Script(steps=5, merge=WAITS))
    train(me, write_file("a.jsonl"))
    me.drop(write_file("b.jsonl"))
    before = adapter_text(home)
    dialog = open_consolidation(me)
    dialog.go.click()
    me.wait_for(lambda: dialog.course.step.text().startswith("Merging"))
    assert dialog.steps.ticked == dialog.steps.steps[:2]
    dialog.close()
    me.wait_for(lambda: not me.window.findChildren(ConsolidateDialog))
    assert me.window.status_line.file.whole_text().startswith("Consolidating into v001: Merging")
    for action in (ActionId.START, ActionId.UNDO_TRAINING):
        assert not me.can(action)
        assert "Under way: Consolidating into v001" in me.window.verbs[action].toolTip()
    again = open_consolidation(me)
    assert again.phase is Phase.COURSE
    me.window.close()
    assert me.question("close-question").text() == "Under way: Consolidating into v001."
    me.question("close-question").reject()
    again.cancel.click()
    me.wait_for(lambda: again.phase is Phase.PLAN and again.go.isEnabled())
    assert "as it was before" in again.message
    me.wait_for(lambda: me.can(ActionId.START))
    assert versions(home) == []
    assert adapter_text(home) == before


def test_a_merge_that_loses_too_much_says_why_and_can_be_begun_again(
    user: SitDown, write_file: WriteFile, home: Home
) -> None:
    me = user(Script(steps=5, merge=REFUSED))
    train(me, write_file("a.jsonl"))
    dialog = open_consolidation(me)
    dialog.go.click()
    me.wait_for(lambda: "loses 74 %" in dialog.message)
    me.wait_for(dialog.go.isEnabled)
    assert "loses 74 %" in dialog.message
    assert "loses 74 %" in me.banner
    assert versions(home) == []


def test_quitting_in_the_midst_of_it_breaks_it_off(user: SitDown, write_file: WriteFile, home: Home) -> None:
    me = user(Script(steps=5, merge=WAITS))
    train(me, write_file("a.jsonl"))
    dialog = open_consolidation(me)
    dialog.go.click()
    me.wait_for(lambda: dialog.course.step.text().startswith("Merging"))
    gone: list[bool] = []
    me.program.gone.connect(lambda: gone.append(True))
    me.press(ActionId.QUIT)
    me.choose("close-question", "Break off and quit")
    me.wait_for(lambda: bool(gone))
    assert versions(home) == []
    assert not list(home.versions.glob(".staging-*"))
