"""Which part of a long list is asked for: ?limit and ?offset, both bounded."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec
from starlette.datastructures import QueryParams

Item = TypeVar("Item")
USUAL = 100
MOST = 1000


class BadNumber(Exception):
    """`limit` or `offset` is no number of the allowed ones."""


class Part(msgspec.Struct, Generic[Item], frozen=True):
    """So many items from a place on, and how many there are in all."""

    items: Sequence[Item]
    total: int
    offset: int
    limit: int


def part_of(items: Sequence[Item], query: QueryParams) -> Part[Item]:
    """Raises BadNumber."""
    offset = _number(query, "offset", 0, 0, 10**9)
    limit = _number(query, "limit", USUAL, 1, MOST)
    return Part(items[offset : offset + limit], len(items), offset, limit)


def is_asked_for(query: QueryParams) -> bool:
    return "limit" in query or "offset" in query


def _number(query: QueryParams, name: str, usual: int, least: int, most: int) -> int:
    text = query.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and least <= int(text) <= most):
        raise BadNumber(f"`{name}` is a number from {least} to {most:,}.")
    return int(text)
