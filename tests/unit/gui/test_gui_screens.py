"""Without a screen the window says so in one line instead of ending in Qt."""

import pytest

from backend.errors import UserError
from gui.screens import require


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({"DISPLAY": ":0"}, "linux"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux"),
        ({}, "win32"),
        ({}, "darwin"),
    ],
)
def test_where_there_is_a_screen_nothing_is_said(environment: dict[str, str], platform: str) -> None:
    require(environment, platform)


def test_without_one_the_user_is_told_what_works() -> None:
    with pytest.raises(UserError, match=r"no screen.*espalier train"):
        require({"DISPLAY": ""}, "linux")
