"""Errors for users carry what to do and what the shell is told."""

import pytest

from backend.errors import Damaged, ExitStatus, NoSpace, Refused, UserError, WrongUse


@pytest.mark.parametrize(
    ("kind", "status"),
    [(UserError, 1), (WrongUse, 2), (Refused, 3), (NoSpace, 3), (Damaged, 1)],
)
def test_every_kind_has_its_exit_status(kind: type[UserError], status: int) -> None:
    assert kind("It happened.").exit_status == ExitStatus(status)


def test_the_text_is_message_and_hint() -> None:
    assert str(UserError("It happened.", "Do that.")) == "It happened. Do that."
    assert str(UserError("It happened.")) == "It happened."
