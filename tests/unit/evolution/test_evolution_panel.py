"""The panel is chosen by content, is spread over lengths, and does not depend on the order of the file."""

import hashlib
import random

from backend.evolution.panel import choose


def content(row: int) -> bytes:
    return hashlib.sha256(str(row).encode()).digest()[:16]


def chosen(order: list[int], wanted: int, held: set[int]) -> set[tuple[int, bool]]:
    """Contents that are chosen from a file with these contents in this order; content n has 10 + n tokens."""
    trained = [row for row, what in enumerate(order) if what not in held]
    heldout = [row for row, what in enumerate(order) if what in held]
    found = choose(wanted, trained, heldout, [10 + what for what in order], lambda row: content(order[row]))
    return {(order[one.row], one.heldout) for one in found}


def test_the_order_of_the_file_does_not_matter() -> None:
    order, held = list(range(200)), {3, 50, 120, 180}
    first = chosen(order, 20, held)
    random.Random(0).shuffle(order)
    assert chosen(order, 20, held) == first
    assert len(first) == 20


def test_held_out_rows_are_a_quarter_at_most() -> None:
    assert sum(held for _, held in chosen(list(range(100)), 20, set(range(50)))) == 5
    assert sum(held for _, held in chosen(list(range(100)), 20, {7, 8})) == 2
    assert len(chosen(list(range(100)), 20, {7, 8})) == 20


def test_every_length_has_its_part() -> None:
    found = sorted(what for what, _ in chosen(list(range(100)), 10, set()))
    assert [what // 10 for what in found] == list(range(10))


def test_what_stands_twice_is_chosen_once() -> None:
    assert chosen([1, 1, 2, 2, 2, 1], 10, set()) == {(1, False), (2, False)}


def test_rows_come_in_file_order_and_none_are_chosen_where_none_are_wanted() -> None:
    found = choose(8, range(0, 50, 2), range(1, 50, 2), [5] * 50, content)
    assert [one.row for one in found] == sorted(one.row for one in found)
    assert choose(0, range(50), [], [5] * 50, content) == []
