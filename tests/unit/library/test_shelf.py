"""Models come into the library under names that are made here, never taken from users."""

import contextlib
from pathlib import Path

import pytest

from backend import files
from backend.errors import WrongUse
from backend.library.folder import METADATA, content_of
from backend.library.hub_name import repository
from backend.library.shelf import Shelf, slug_of
from backend.outbox import Outbox
from backend.paths import Home
from backend.store.store import Store


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("My Model 7B", "my-model-7b"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con"),
        ("ü", "model"),
        ("a" * 200, "a" * 60),
    ],
)
def test_slug_is_a_safe_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("source", "is_name"), [("owner/model-1.5", True), ("owner", False), ("a/b/c", False), ("../x", False)]
)
def test_hub_name_is_owner_and_model(source: str, is_name: bool) -> None:
    assert (repository(source) == source) is is_name


def test_model_that_is_not_here_is_asked_of_the_hub_only_by_its_full_name(home: Home) -> None:
    with contextlib.closing(Store.open(home)) as store:
        shelf = Shelf(home, store, Outbox())
        wanted = shelf.request("owner/model", "")
        assert (wanted.source, wanted.slug) == ("owner/model", "model")
        with pytest.raises(WrongUse, match="There is no model at"):
            shelf.request("model", "")


def test_content_of_a_model_leaves_out_when_it_was_added(tmp_path: Path) -> None:
    for name, added in (("a", "monday"), ("b", "tuesday"), ("c", "monday")):
        with files.staged(tmp_path / name) as folder:
            files.write(folder / "model.safetensors", b"weights" if name != "c" else b"others")
            files.write(folder / METADATA, added.encode())
    assert content_of(tmp_path / "a") == content_of(tmp_path / "b") != content_of(tmp_path / "c")
    assert content_of(tmp_path / "nowhere") == frozenset()
