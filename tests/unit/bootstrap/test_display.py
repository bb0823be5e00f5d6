"""Whether a window can be shown, by what the environment says."""

import pytest
from bootstrap import display


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({"DISPLAY": ":0"}, "linux"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux"),
        ({"QT_QPA_PLATFORM": "vnc:port=1"}, "linux"),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "a b c d"}, "linux"),
        ({}, "win32"),
        ({}, "darwin"),
    ],
)
def test_a_window_can_be_shown(environment: dict[str, str], platform: str) -> None:
    assert display.why_none(environment, platform) is None


@pytest.mark.parametrize(
    ("environment", "platform", "reason"),
    [
        ({}, "linux", "DISPLAY"),
        ({"DISPLAY": ""}, "linux", "DISPLAY"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "linux", "offscreen"),
        ({"QT_QPA_PLATFORM": "minimal:x"}, "win32", "minimal"),
        ({"SSH_CONNECTION": "a b c d"}, "darwin", "remote"),
    ],
)
def test_no_window_can_be_shown_and_the_reason_is_told(environment: dict[str, str], platform: str, reason: str) -> None:
    assert reason in (display.why_none(environment, platform) or "")
