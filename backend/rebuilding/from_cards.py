"""Rows back from their cards; a card that is damaged is named, and left to what the folders say."""

from collections.abc import Iterator

from backend.cards import card as cards
from backend.errors import Damaged
from backend.health.check import Check
from backend.paths import Home
from backend.store.store import Store


def take_cards(home: Home, store: Store) -> Iterator[Check]:
    """Inside a transaction of the caller's, with references deferred."""
    numbers: dict[str, int] = {}
    for path in cards.places(home):
        try:
            card = cards.read(path)
        except Damaged as error:
            hint = "What the folders beside it say is taken instead."
            yield Check(name="card", ok=False, text=f"passed over: {error.message}", hint=hint)
            continue
        if card.kind == cards.NUMBERS:
            numbers = cards.numbers_of(card)
        else:
            store.cards.put(card.rows)
    store.cards.put_numbers(numbers)
