"""What is queued and may still lie in the inbox is remembered in the database."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.inbox.names import spelled
from backend.inbox.unmoved import Unmoved
from backend.paths import Home
from backend.store.journal import Fact
from backend.store.store import Store

A, B = Path("a.jsonl"), Path(os.fsdecode(b"priority/\xff.jsonl"))


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    store = Store.open(home)
    yield store
    store.close()


def test_what_was_added_is_there_until_it_is_dropped(store: Store) -> None:
    unmoved = Unmoved(store)
    unmoved.add([(A, "1", 1, 11), (B, "2", 2, 22)])
    assert unmoved.by_file() == {(spelled(A), "1", 11): 1, (spelled(B), "2", 22): 2}
    assert [each.relative for each in unmoved.all()] == [A, B]
    unmoved.drop([A])
    assert [each.job for each in unmoved.all()] == [2]
    unmoved.drop([B])
    assert store.facts.get(Fact.INBOX) is None


def test_another_content_at_the_same_path_takes_its_place(store: Store) -> None:
    unmoved = Unmoved(store)
    unmoved.add([(A, "1", 1, 11)])
    unmoved.add([(A, "2", 2, 12)])
    assert unmoved.by_file() == {(spelled(A), "2", 12): 2}


def test_only_what_is_present_stays(store: Store) -> None:
    unmoved = Unmoved(store)
    unmoved.add([(A, "1", 1, 11), (B, "2", 2, 22)])
    unmoved.drop_all_but(frozenset({B}))
    assert [each.relative for each in unmoved.all()] == [B]
