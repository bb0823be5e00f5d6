"""Where the home folder lies, and what is made in it."""

import sys
from pathlib import Path

import pytest

from backend import paths
from backend.errors import ExitStatus, WrongUse
from backend.paths import HOME_VARIABLE, Home


def test_the_chosen_folder_wins_over_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "variable"))
    assert Home.locate(tmp_path / "chosen").root == tmp_path / "chosen"


def test_the_variable_wins_over_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "variable"))
    assert Home.locate().root == tmp_path / "variable"


@pytest.mark.parametrize("value", [None, ""])
def test_without_both_it_is_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(HOME_VARIABLE, value)
    assert Home.locate().root == paths.default_home()
    assert paths.default_home().name == "espalier"


def test_a_relative_folder_stays_the_same_wherever_the_program_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home.locate(Path("here"))
    monkeypatch.chdir("/")
    assert home.root == tmp_path / "here"


def test_a_tilde_is_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert Home.locate(Path("~/espalier")).root == tmp_path / "espalier"


def test_create_makes_the_folders_and_may_be_repeated(tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "home")
    home.create()
    home.create()
    made = (home.control, home.inbox / "priority", home.datasets, home.runs, home.bases, home.logs, home.trash)
    assert all(folder.is_dir() for folder in made)
    if sys.platform != "win32":
        assert home.root.stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_way_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(WrongUse, match="cannot be the home folder") as refusal:
            Home(place).create()
        assert refusal.value.exit_status is ExitStatus.WRONG_USE
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_every_place_lies_below_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path)
    named = [value for name in dir(Home) if isinstance(value := getattr(home, name), Path)]
    named += [home.dataset("ab"), home.run(7), home.checkpoints(7), home.ledger(7)]
    assert len(named) > 15
    assert all(place.is_relative_to(tmp_path) for place in named)
    assert len(set(named)) == len(named)
