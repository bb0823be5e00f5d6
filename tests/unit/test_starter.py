"""The starter model's file is found without importing the package that carries it."""

import sys

import pytest

from backend import starter
from backend.errors import UserError


def test_the_installed_package_gives_a_gguf_file_and_is_not_imported() -> None:
    with starter.find_gguf().open("rb") as stream:
        assert stream.read(4) == b"GGUF"
    assert starter.PACKAGE not in sys.modules


def test_without_it_the_user_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "PACKAGE", "no_such_package_carries_it")
    with pytest.raises(UserError, match="not installed") as missing:
        starter.find_gguf()
    assert starter.REQUIREMENT in missing.value.hint
