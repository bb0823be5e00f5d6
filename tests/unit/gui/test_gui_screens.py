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
    require(environment, platform, {})


def test_without_one_the_user_is_told_what_works() -> None:
    with pytest.raises(UserError, match=r"no screen.*espalier train"):
        require({"DISPLAY": ""}, "linux")


def test_libraries_that_are_missing_are_named_with_what_brings_them() -> None:
    lacking = {"libc.so.6": "libc6", "libnobody-has.so.9": "libnobody9"}
    with pytest.raises(UserError, match=r"libnobody-has\.so\.9.*sudo apt install libnobody9"):
        require({"DISPLAY": ":0"}, "linux", lacking)


@pytest.mark.parametrize("elsewhere", [{"QT_QPA_PLATFORM": "offscreen"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_where_x11_is_not_used_its_libraries_are_not_asked_for(elsewhere: dict[str, str]) -> None:
    require({"DISPLAY": ":0", **elsewhere}, "linux", {"libnobody-has.so.9": "libnobody9"})
