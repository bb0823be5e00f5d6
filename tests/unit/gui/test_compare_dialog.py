"""Two stages compared in the window: of one run or of two, by kind and words, with both answers side by side."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget

from backend.domain.evolution import EvolutionRun
from backend.errors import UserError
from backend.evolution.replies import EvolutionReplies
from backend.evolution.requests import answer_question
from backend.paths import Home
from backend.protocol import evolution as e
from backend.protocol.host import Failure, Request, failure_of
from gui.actions.catalogue import ActionId
from gui.evolution.compare import CompareDialog
from gui.theme import ThemeKeeper
from tests.fakes.evolution_runs import index, told
from tests.fakes.window import User
from tests.makers.evolution_files import ODD_TEXTS, make_run

SitDown = Callable[..., User]
OpenDialog = Callable[..., CompareDialog]


class Line:
    """Answers the dialog as a host does, from what lies in the home; holds the answers back where it is told to."""

    def __init__(self, dialog: CompareDialog, replies: EvolutionReplies) -> None:
        self.asked: list[Request] = []
        self._dialog, self._replies = dialog, replies
        dialog.wanted.connect(self._answer)

    def _answer(self, request: e.RunQuestion) -> None:
        self.asked.append(request)
        try:
            reply = answer_question(self._replies, request)
        except UserError as error:
            self._dialog.answer(request, failure_of(error))
            return
        self._dialog.answer(request, reply)


@pytest.fixture
def open_dialog(home: Home, window: QWidget, theme: ThemeKeeper) -> Iterator[Callable[..., CompareDialog]]:
    """A dialog on everything that lies in the home."""
    lines: list[Line] = []
    with told(home) as replies:

        def open_one(run: int | None = None) -> CompareDialog:
            dialog = CompareDialog(run, theme, window)
            lines.append(Line(dialog, replies))
            dialog.ask()
            dialog.show()
            return dialog

        yield open_one


def numbers(dialog: CompareDialog) -> dict[str, int]:
    """Kinds with a count, as the box above the table offers them."""
    texts = [dialog.kind.itemText(place) for place in range(dialog.kind.count())]
    counts = {text.split(" (")[0]: int(text.split("(")[1].rstrip(")")) for text in texts}
    return {kind: count for kind, count in counts.items() if count}


def pick(dialog: CompareDialog, kind: str) -> None:
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))


def kinds_shown(dialog: CompareDialog) -> set[str]:
    return {dialog.table.cells(row)[1] for row in dialog.table.passing()}


@pytest.fixture
def one_run(home: Home) -> None:
    make_run(home, examples=24)


@pytest.mark.usefixtures("one_run")
def test_it_begins_with_the_first_and_the_last_stage_of_the_run(open_dialog: OpenDialog) -> None:
    dialog = open_dialog()
    assert dialog.before.chosen == (1, 0)
    assert dialog.after.chosen == (1, 33)
    assert numbers(dialog) == {"All": 24, "Learned": 18, "Better": 6}
    assert dialog.table.shown == 24
    about = dialog.about.text()
    assert about.startswith("Right: 0 of 24, then 18 of 24. Loss 3.10 → 0.41 (\N{MINUS SIGN}2.69).")
    assert about.endswith("Examples: 18 learned, 6 better.")


@pytest.mark.usefixtures("one_run")
def test_kind_and_words_narrow_the_rows_and_words_are_sought_in_the_answers_too(open_dialog: OpenDialog) -> None:
    dialog = open_dialog()
    pick(dialog, "learned")
    assert kinds_shown(dialog) == {"learned"}
    assert dialog.table.shown == 18
    dialog.search.setText("ESPALIER number 13")
    assert [row.example.line for row in dialog.table.passing()] == [14]
    pick(dialog, "")
    dialog.search.setText("general assistant")
    assert kinds_shown(dialog) == {"better"}
    dialog.search.setText("nobody says this")
    assert dialog.table.words == "No example is like this."


@pytest.mark.usefixtures("one_run")
def test_swapped_sides_turn_learned_into_forgotten_and_ask_for_nothing_new(open_dialog: OpenDialog) -> None:
    dialog = open_dialog()
    asked: list[Request] = []
    dialog.wanted.connect(asked.append)
    dialog.swap.click()
    assert (dialog.before.chosen, dialog.after.chosen) == ((1, 33), (1, 0))
    assert numbers(dialog) == {"All": 24, "Forgotten": 18, "Worse": 6}
    assert asked == []


@pytest.mark.usefixtures("one_run")
def test_another_step_is_asked_for_and_compared(open_dialog: OpenDialog) -> None:
    dialog = open_dialog()
    asked: list[Request] = []
    dialog.wanted.connect(asked.append)
    dialog.after.step.setCurrentIndex(dialog.after.step.findData(10))
    dialog.after.step.activated.emit(dialog.after.step.currentIndex())
    assert asked == [e.GetSnapshot(run=1, step=10)]
    assert dialog.comparison is not None
    assert dialog.comparison.after.training_step == 10


def test_two_runs_of_other_files_have_nothing_in_common(home: Home, open_dialog: OpenDialog) -> None:
    make_run(home, "a.jsonl", job=1, examples=3, began="2026-11-24T00:00:00.000Z")
    make_run(home, "b.jsonl", job=2, examples=4)
    index(home)
    dialog = open_dialog(1)
    run = dialog.after.run
    assert run.count() == 2
    other = next(place for place in range(2) if run.itemData(place) != dialog.before.run.currentData())
    run.setCurrentIndex(other)
    run.activated.emit(other)
    assert dialog.about.text().endswith("The two stages have no example in common.")
    assert sorted(numbers(dialog).values()) == [3, 4, 7]
    pick(dialog, "only-before")
    assert kinds_shown(dialog) == {"only before"}


def test_a_double_click_shows_both_answers_and_follows_the_rows_whatever_they_hold(
    home: Home, open_dialog: OpenDialog
) -> None:
    make_run(home, examples=10, odd=True)
    index(home)
    dialog = open_dialog()
    view, sides = dialog.table.view, dialog.sides
    assert sides.isHidden()
    for place in range(10):
        view.setCurrentIndex(view.model().index(place, 0))
        view.activated.emit(view.currentIndex())
        assert not sides.isHidden()
        (row,) = dialog.table.selected()
        sides.after.copy_whole()
        assert row.after is not None
        assert row.after.expected_output in ODD_TEXTS
        assert row.example.input in sides.question.toPlainText()
    assert not dialog.show_answers.isEnabled()


@pytest.mark.usefixtures("one_run")
def test_a_snapshot_that_comes_can_be_chosen_and_what_was_chosen_stays(home: Home, open_dialog: OpenDialog) -> None:
    dialog = open_dialog()
    (run,) = (dialog.before.run.itemData(place) for place in range(dialog.before.run.count()))
    longer = EvolutionRun(
        id=run,
        folder="f",
        job=1,
        dataset="0",
        dataset_name="identity.jsonl",
        base="tiny",
        begun_at="",
        total_steps=50,
        steps=(0, 10, 25, 33, 50),
        first=None,
        last=None,
        ended=False,
    )
    dialog.learn_run(e.RunChanged(run=longer, step=50))
    assert dialog.after.chosen == (1, 33)
    assert dialog.after.step.findData(50) >= 0


@pytest.mark.usefixtures("one_run")
def test_a_file_that_is_damaged_is_told_and_nothing_else_is_shown(home: Home, open_dialog: OpenDialog) -> None:
    index(home)
    (path,) = home.evolution.glob("*/step_000033.json")
    path.chmod(0o644)
    path.write_text("{}", encoding="utf-8")
    dialog = open_dialog()
    assert "step_000033.json" in dialog.message
    assert dialog.table.shown == 0
    dialog.after.step.setCurrentIndex(0)
    dialog.after.step.activated.emit(0)
    assert dialog.message == ""
    assert dialog.table.shown == 24


def test_without_a_snapshot_it_says_when_the_first_is_taken(open_dialog: OpenDialog) -> None:
    assert open_dialog().about.text().startswith("There is no snapshot yet.")


def test_a_host_that_is_not_there_is_told(theme: ThemeKeeper, window: QWidget) -> None:
    dialog = CompareDialog(None, theme, window)
    dialog.answer(e.ListRuns(), Failure(message="Nobody is there.", hint="Open it again."))
    assert dialog.message == "Nobody is there. Open it again."


def test_the_menu_opens_it_on_the_run_that_the_tab_shows(user: SitDown, home: Home) -> None:
    make_run(home, examples=3)
    index(home)
    me = user()
    me.press(ActionId.COMPARE_STAGES)
    [dialog] = me.window.findChildren(CompareDialog)
    me.wait_for(lambda: dialog.comparison is not None)
    assert dialog.table.shown == 3
    me.press(ActionId.COMPARE_STAGES)
    assert len(me.window.findChildren(CompareDialog)) == 1
    dialog.close()
