"""Names in the trash say what a thing was; older ones are understood, others are left alone."""

import pytest

from backend.trash.name import Named, name_for, read_name

AT = 1_764_097_000_123_456_789


@pytest.mark.parametrize(
    ("kind", "of"),
    [("version", "v001"), ("backup", "v001_20261125_101500"), ("daily", "2026-03-10"), ("backup", "head-2_x")],
)
def test_a_name_says_what_it_was(kind: str, of: str) -> None:
    assert read_name(name_for(kind, of, AT)) == Named(kind=kind, of=of, at_ns=AT)


def test_a_clock_in_1970_gives_a_name_too() -> None:
    assert read_name(name_for("version", "v001", 12)) == Named(kind="version", of="v001", at_ns=12)


def test_a_checkpoint_as_earlier_programs_named_it_is_one() -> None:
    assert read_name(f"job-12-checkpoint-7-{AT}") == Named(kind="checkpoint", of="7", at_ns=AT)


@pytest.mark.parametrize("name", ["letter.txt", "daily-2026-03-10", "version-v001", f"{AT}", ".staging-v001-ab12cd34"])
def test_what_others_named_is_not_guessed_at(name: str) -> None:
    assert read_name(name) is None
