"""Parts of long lists: bounded whatever is asked for."""

import pytest
from starlette.datastructures import QueryParams

from backend.api.page_of import MOST, USUAL, BadNumber, part_of


def test_without_a_wish_the_first_hundred_come() -> None:
    part = part_of(range(1000), QueryParams(""))
    assert (list(part.items), part.total) == (list(range(USUAL)), 1000)


def test_a_part_is_where_it_is_asked_for() -> None:
    assert list(part_of(range(20), QueryParams("offset=18&limit=5")).items) == [18, 19]
    assert list(part_of(range(20), QueryParams("offset=999999999")).items) == []


@pytest.mark.parametrize("query", ["limit=0", f"limit={MOST + 1}", "limit=-1", "offset=x", "limit=", "offset=1e3"])
def test_what_is_no_allowed_number_is_refused(query: str) -> None:
    with pytest.raises(BadNumber, match="is a number from"):
        part_of(range(20), QueryParams(query))
