"""Who gets an answer from the API: the right host, no origin, reading methods, and the token."""

import pytest

from backend.api.access import Access, Denied, is_of_this_machine, names_of, require_one_address
from backend.errors import WrongUse

TOKEN = "0123456789abcdefXYZ"
HOST = (b"host", b"127.0.0.1:8080")
BEARER = (b"authorization", f"Bearer {TOKEN}".encode())


def status(*headers: tuple[bytes, bytes], method: str = "GET", query: bytes = b"", is_page: bool = False) -> int:
    access = Access(names_of("127.0.0.1", 8080), TOKEN)
    try:
        access.check(method, headers, query, is_page=is_page)
    except Denied as denied:
        return denied.status
    return 200


def test_the_token_lets_in_by_header_or_query() -> None:
    assert status(HOST, BEARER) == 200
    assert status((b"Host", b"LOCALHOST:8080"), (b"Authorization", f"bearer  {TOKEN}".encode())) == 200
    assert status(HOST, query=f"limit=1&token={TOKEN}".encode()) == 200


@pytest.mark.parametrize(
    "authorization", [b"", b"Bearer", b"Bearer ", b"Bearer 0123456789abcdefXY", b"Basic " + TOKEN.encode(), b"\xff"]
)
def test_anything_else_as_token_is_refused(authorization: bytes) -> None:
    assert status(HOST, (b"authorization", authorization)) == 401


def test_no_token_several_or_a_wrong_header_beside_a_right_query_are_refused() -> None:
    right = f"token={TOKEN}".encode()
    assert status(HOST) == 401
    assert status(HOST, BEARER, BEARER) == 401
    assert status(HOST, query=right + b"&" + right) == 401
    assert status(HOST, (b"authorization", b"Bearer x"), query=right) == 401
    assert status(HOST, query=b"token=%ff%00") == 401


@pytest.mark.parametrize(
    "host", [b"evil.example", b"evil.example:8080", b"127.0.0.1", b"127.0.0.1:80", b"127.0.0.1:8080.evil", b"\xff", b""]
)
def test_a_foreign_host_is_refused_even_with_the_token_and_for_the_page(host: bytes) -> None:
    assert status((b"host", host), BEARER) == 421
    assert status((b"host", host), is_page=True) == 421


def test_no_host_or_two_are_a_bad_request() -> None:
    assert status(BEARER) == 400
    assert status(HOST, HOST, BEARER) == 400


@pytest.mark.parametrize("origin", [b"null", b"http://127.0.0.1:8080", b"https://evil.example", b""])
def test_any_origin_is_refused(origin: bytes) -> None:
    assert status(HOST, BEARER, (b"origin", origin)) == 403
    assert status(HOST, (b"Origin", origin), is_page=True) == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get"])
def test_only_reading_is_allowed(method: str) -> None:
    assert status(HOST, BEARER, method=method) == 405
    assert status(HOST, BEARER, method="HEAD") == 200


def test_the_page_needs_no_token() -> None:
    assert status(HOST, is_page=True) == 200


def test_a_server_answers_to_its_own_names_alone() -> None:
    assert names_of("127.0.0.1", 8080) == {"127.0.0.1:8080", "localhost:8080"}
    assert names_of("::1", 8080) == {"[::1]:8080", "localhost:8080"}
    assert names_of("localhost", 80) >= {"localhost", "localhost:80", "127.0.0.1:80"}
    assert names_of("192.168.1.5", 8080) == {"192.168.1.5:8080"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_addresses_that_stand_for_all_are_refused(host: str) -> None:
    with pytest.raises(WrongUse, match="every address"):
        require_one_address(host)


def test_whether_other_machines_reach_it_is_known() -> None:
    require_one_address("192.168.1.5")
    found = [is_of_this_machine(host) for host in ("127.0.0.1", "127.3.2.1", "::1", "LocalHost", "192.168.1.5", "name")]
    assert found == [True, True, True, True, False, False]
