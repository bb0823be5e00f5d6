"""The status line counts down to the moment when a paused engine frees its memory, although no new fact comes."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.clock import utc_in
from backend.domain.status import HostState, Status
from gui.facts import Facts
from gui.status_line import StatusLine
from gui.theme import Theme, ThemeKeeper
from tests.fakes.window import PATIENCE_MS


@pytest.fixture
def line(qtbot: QtBot, qapp: QApplication) -> StatusLine:
    made = StatusLine(ThemeKeeper(qapp, Theme.LIGHT))
    qtbot.addWidget(made)
    return made


def paused(*, release_at: str | None = None, engine_released: bool | None = None) -> Facts:
    status = Status(
        state=HostState.PAUSED,
        job=1,
        current_file="a",
        checkpoint_step=1200,
        release_at=release_at,
        engine_released=engine_released,
    )
    return Facts(open=True, status=status)


def test_it_counts_down_by_itself(line: StatusLine, qtbot: QtBot) -> None:
    line.show_facts(paused(release_at=utc_in(99.9)))
    assert line.file.whole_text() == "a · saved at step 1,200; memory is freed in 1 min 40 s"
    qtbot.waitUntil(lambda: line.file.whole_text().endswith("1 min 38 s"), timeout=PATIENCE_MS)


def test_when_the_time_is_up_it_says_so_until_it_is_a_fact(line: StatusLine) -> None:
    line.show_facts(paused(release_at=utc_in(-1)))
    assert line.file.whole_text().endswith("memory is being freed")
    line.show_facts(paused(engine_released=True))
    assert line.file.whole_text().endswith("memory is free")


@pytest.mark.parametrize("state", [HostState.PAUSING, HostState.STOPPING, HostState.SKIPPING, HostState.STOPPED])
def test_a_reason_is_shown_while_it_holds(line: StatusLine, state: HostState) -> None:
    line.show_facts(Facts(open=True, status=Status(state=state, current_file="a", reason="lunch")))
    assert "lunch" in line.file.whole_text().split(" · ")
    line.show_facts(Facts(open=True, status=Status(state=HostState.TRAINING, current_file="a")))
    assert "lunch" not in line.file.whole_text()
