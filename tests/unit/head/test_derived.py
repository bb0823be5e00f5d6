"""What shows the head: head.json and current_model, always as the head is."""

from pathlib import Path

import msgspec
import pytest

from backend import pointer
from backend.domain.head import Base, Checkpoint, Head
from backend.head import derived
from backend.paths import Home

BASE = Base(slug="tiny", path="/models/tiny", sha256="x")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create()
    for step in (1, 2):
        folder = home.checkpoints(1) / str(step)
        folder.mkdir(parents=True)
        (folder / "adapter.txt").write_text(str(step))
    return home


def head(step: int) -> Head:
    point = Checkpoint(
        id=step, job=1, segment=1, step=step, path=f"runs/000001/checkpoints/{step}", sums_sha256="", reason="end"
    )
    return Head(base="tiny", checkpoint=point, total_steps=step)


def test_readme_names_the_base_until_there_is_an_adapter(home: Home) -> None:
    derived.write(home, Head(), None)
    assert "No model has been chosen" in (home.current_model / derived.README).read_text()
    derived.write(home, Head(base="tiny"), BASE)
    assert "tiny" in (home.current_model / derived.README).read_text()


def test_adapter_is_shown_moved_and_taken_away(home: Home) -> None:
    derived.write(home, Head(base="tiny"), BASE)
    for step in (1, 2):
        derived.write(home, head(step), BASE)
        assert (home.current_model / "adapter.txt").read_text() == str(step)
        card = msgspec.json.decode(home.head_card.read_bytes())
        assert (card["head"]["checkpoint"]["step"], card["base"]["slug"]) == (step, "tiny")
    derived.write(home, Head(base="tiny"), BASE)
    assert [path.name for path in home.current_model.iterdir()] == [derived.README]
    assert (home.checkpoints(1) / "2" / "adapter.txt").exists()


def test_where_links_do_not_exist_a_file_says_the_path(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for step in (1, 2):
        derived.write(home, head(step), BASE)
        place = Path((home.current_model / pointer.FILE).read_text().strip())
        assert (place / "adapter.txt").read_text() == str(step)
    derived.write(home, Head(base="tiny"), BASE)
    assert not (home.current_model / pointer.FILE).exists()


def test_files_of_others_in_current_model_are_kept(home: Home) -> None:
    home.current_model.mkdir()
    (home.current_model / "mine.txt").write_text("precious")
    derived.write(home, head(1), BASE)
    assert (home.current_model / "adapter.txt").exists()
    assert [path.read_text() for path in home.root.glob("current_model-kept-*/mine.txt")] == ["precious"]
