"""What an interrupted write left goes after its writer, and after nobody else's."""

from pathlib import Path

from backend import leftovers
from backend.paths import Home


def test_what_an_engine_leaves_goes_without_what_the_host_is_just_bringing_back(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    left = home.bases / ".staging-tiny-00000000-0a1b2c3d"
    coming = [
        home.bases / f"{prefix}.staging-tiny-00000000{leftovers.RESTORED}{rest}"
        for prefix, rest in (("", ""), (".staging-", "-0a1b2c3d"))
    ]
    for folder in (left, *coming):
        folder.mkdir()
    leftovers.remove_of_engine(home)
    assert sorted(home.bases.iterdir()) == sorted(coming)
    leftovers.remove_of_host(home)
    assert list(home.bases.iterdir()) == []
