"""The record of an installation holds as long as nothing that decides about it changes."""

from collections.abc import Callable

import pytest
from bootstrap import stamp
from bootstrap.places import Places
from bootstrap.stamp import Layer


def test_nothing_is_installed_at_first(places: Places) -> None:
    assert stamp.installed(places) == {}


def test_what_was_recorded_is_found_again(with_python: Places) -> None:
    stamp.record(with_python, {Layer.APPLICATION: stamp.wanted(with_python)})
    assert stamp.installed(with_python) == {"application": stamp.wanted(with_python)}


def test_an_interrupted_set_up_counts_for_nothing(with_python: Places) -> None:
    stamp.record(with_python, {Layer.APPLICATION: "x"})
    with_python.unfinished.touch()
    assert stamp.installed(with_python) == {}


def test_a_record_without_its_python_counts_for_nothing(with_python: Places) -> None:
    stamp.record(with_python, {Layer.APPLICATION: "x"})
    with_python.python.unlink()
    assert stamp.installed(with_python) == {}


@pytest.mark.parametrize("content", ["", "{", "[]", "3", "\x00"])
def test_a_broken_record_counts_for_nothing(with_python: Places, content: str) -> None:
    with_python.stamp.write_text(content, encoding="utf-8")
    assert stamp.installed(with_python) == {}


def replace(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(
    ("name", "change", "matters"),
    [
        ("constraints", replace("2.13.0", "2.14.0"), True),
        ("pyproject", replace("fancy-test-tool", "other-tool"), True),
        ("pyproject", replace("[build-system]", "[tool.ruff]\nline-length = 9\n[build-system]"), False),
    ],
)
def test_only_what_decides_about_packages_asks_for_a_new_installation(
    places: Places, name: str, change: Callable[[str], str], matters: bool
) -> None:
    before = stamp.wanted(places)
    path = getattr(places, name)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert (stamp.wanted(places) != before) is matters


def test_another_python_asks_for_a_new_installation(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stamp.wanted(places)
    monkeypatch.setattr(stamp, "python_version", lambda: "3.99")
    assert stamp.wanted(places) != before


def test_a_moved_folder_asks_for_a_new_installation(places: Places) -> None:
    before = stamp.wanted(places)
    moved = Places(places.root.rename(places.root.with_name("moved")))
    assert stamp.wanted(moved) != before
