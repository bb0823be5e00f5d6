"""From libraries to packages: what travels with us is not asked for, and what nobody knows stops the build."""

from pathlib import Path

import pytest
from bootstrap.problem import Problem
from installer.debian.binaries import Binary
from installer.debian.depends import GCC_OF_GLIBCXX, Wants, wants

TABLE = {"libxcb.so.1": "libxcb1", "libglib-2.0.so.0": "libglib2.0-0", "libstdc++.so.6": "libstdc++6"}


def binary(*needed: str, glibc: tuple[int, ...] = (), glibcxx: tuple[int, ...] = (), path: str = "a.so") -> Binary:
    return Binary(Path(path), needed, glibc, glibcxx)


def asked(*binaries: Binary, bundled: tuple[str, ...] = (), always: tuple[str, ...] = ()) -> Wants:
    return wants(binaries, bundled, TABLE, always)


def test_each_library_of_the_system_is_asked_of_its_package() -> None:
    told = asked(binary("libxcb.so.1", "libc.so.6"), binary("libxcb.so.1"), always=("libegl1",))
    assert told == Wants(("libc6", "libegl1", "libxcb1"), ())


def test_what_travels_with_us_is_not_asked_for() -> None:
    assert asked(binary("libtorch.so", "libxcb.so.1"), bundled=("libtorch.so", "libxcb.so.1")).depends == ("libc6",)


def test_the_newest_c_library_that_any_needs_counts_as_numbers() -> None:
    assert asked(binary(glibc=(2, 9)), binary(glibc=(2, 28)), binary(glibc=(2, 2, 5))).depends == ("libc6 (>= 2.28)",)


def test_the_cxx_library_is_asked_for_by_the_gcc_that_has_it() -> None:
    assert asked(binary("libstdc++.so.6", glibcxx=(3, 4, 29))).depends[1] == "libstdc++6 (>= 11)"
    assert asked(binary("libstdc++.so.6", glibcxx=(3, 4, 21))).depends[1] == "libstdc++6"
    assert asked(binary(glibcxx=(3, 4, 29)), bundled=("libstdc++.so.6",)).depends == ("libc6",)
    newest = max(GCC_OF_GLIBCXX)
    with pytest.raises(Problem, match=r"GLIBCXX_3\.4\."):
        asked(binary("libstdc++.so.6", glibcxx=(*newest[:2], newest[2] + 1)))


def test_a_package_that_was_renamed_is_asked_for_by_either_name() -> None:
    assert asked(binary("libglib-2.0.so.0")).depends[1] == "libglib2.0-0t64 | libglib2.0-0"


def test_what_qt_does_without_is_only_recommended() -> None:
    theme = "/b/_internal/PySide6/Qt/plugins/platformthemes/libqgtk3.so"
    assert asked(binary("libgtk-3.so.0", path=theme)) == Wants(("libc6",), ("libgtk-3-0t64 | libgtk-3-0",))


def test_a_library_that_nobody_knows_is_named_with_the_file_that_needs_it() -> None:
    with pytest.raises(Problem, match=r"libnew\.so\.9 \(needed by b\.so\)") as found:
        asked(binary("libnew.so.9", path="/x/b.so"), binary("libxcb.so.1"))
    assert "system-libraries.txt" in found.value.hint
