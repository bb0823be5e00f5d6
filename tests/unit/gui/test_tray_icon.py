"""The tray's icon tells the states apart, on any panel and in any size."""

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from backend.domain.status import HostState, Status
from gui.facts import Facts
from gui.tray.picture import BADGES, tray_icon
from gui.tray.words import tooltip


def picture(state: HostState, side: int) -> QImage:
    return tray_icon(state).pixmap(side, side).toImage()


@pytest.mark.parametrize("side", [16, 22, 48])
def test_training_paused_and_resting_look_different(qapp: QApplication, side: int) -> None:
    training, paused, idle = (picture(s, side) for s in (HostState.TRAINING, HostState.PAUSED, HostState.IDLE))
    assert training != paused
    assert idle not in (training, paused)
    assert idle == picture(HostState.STOPPED, side)


def test_every_state_in_which_something_is_under_way_has_a_badge() -> None:
    assert set(HostState) - set(BADGES) == {HostState.IDLE, HostState.STOPPED}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status(), "Espalier"),
        (Status(state=HostState.TRAINING), "Espalier: training"),
        (
            Status(state=HostState.TRAINING, current_file="a.jsonl", step=12, total_steps=100, eta_seconds=200.0),
            "Espalier: training a.jsonl, 12%, 3 min 20 s left",
        ),
        (
            Status(state=HostState.PAUSED, current_file="a.jsonl", step=12, total_steps=100, reason="lunch"),
            "Espalier: paused a.jsonl, 12%, lunch",
        ),
    ],
)
def test_the_tooltip_says_what_happens(status: Status, expected: str) -> None:
    assert tooltip(Facts(open=True, status=status)) == expected
