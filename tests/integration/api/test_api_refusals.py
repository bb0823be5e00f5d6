"""What gets no answer: no token, foreign hosts and origins, writing, paths that would leave the folder."""

import socket

import pytest

from tests.fakes.api_client import Api

SNAPSHOT = "/api/evolution/snapshot/lesson/10"


@pytest.mark.parametrize("token", [None, "", "wrong-token-of-tests", "a-token-of-the-test"])
@pytest.mark.parametrize("path", ["/api/status", SNAPSHOT, "/api/nothing", "/x"])
def test_without_the_token_nothing_is_told(api: Api, token: str | None, path: str) -> None:
    answer = api.ask(path, token=token)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Bearer realm="espalier"')
    assert answer.json.keys() == {"error", "hint"}


def test_the_token_may_stand_in_the_address(api: Api) -> None:
    assert api.ask(f"/api/status?token={api.token}", token=None).status == 200
    assert api.ask("/api/status?token=wrong-token-of-tests", token=None).status == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])
def test_a_foreign_host_is_misdirected(api: Api, host: str) -> None:
    for path in (SNAPSHOT, "/evolution_viewer.html"):
        assert api.ask(path, {"Host": host}).status == 421
    assert api.ask(SNAPSHOT, {"Host": f"localhost:{api.port}"}).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1"])
def test_an_origin_is_refused_and_gets_no_permission(api: Api, origin: str) -> None:
    answer = api.ask(SNAPSHOT, {"Origin": origin})
    assert answer.status == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_reading_is_allowed(api: Api, method: str) -> None:
    answer = api.ask(SNAPSHOT, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "/api/evolution/snapshots/..%2f..%2fdatasets",
        "/api/evolution/snapshots/%2e%2e",
        "/api/evolution/snapshots/..%252f..",
        "/api/evolution/snapshots/%00",
        "/api/evolution/snapshots/lesson%00",
        "/api/evolution/snapshots/%2fetc%2fpasswd",
        "/api/evolution/snapshots/..%5c..%5c",
        "/api/evolution/snapshot/lesson/..%2fanalysis",
        "/api/evolution/snapshot/lesson/analysis.json",
        "/api/evolution/snapshot/lesson/step_0010.json%00",
        "/api/evolution/snapshot/lesson/11",
        "/api/evolution/snapshot/lesson/-10",
        "/api/evolution/snapshot/lesson/%D9%A1%D9%A0",
        "/api/evolution/snapshot/lesson/99999999999999999999999",
        "/api/evolution/snapshot/nothing/10",
        "/api/evolution/../../espalier.db",
        "/../../etc/passwd",
        "//etc/passwd",
        "/api/evolution/",
        "/api/status/",
        "/api/evolution/%ff",
        "/api/evolution/snapshots/%ff",
        "/evolution_viewer.html/..%2fx",
        "/api/" + "a" * 4000,
    ],
)
def test_what_is_not_there_is_not_found(api: Api, path: str) -> None:
    answer = api.ask(path)
    assert answer.status == 404, answer
    assert answer.json.keys() == {"error", "hint"}
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "offset=-1", "limit=" + "9" * 40])
def test_a_number_that_is_not_allowed_is_a_bad_request(api: Api, query: str) -> None:
    for path in ("/api/evolution/datasets", "/api/queue", "/api/evolution/snapshots/lesson", SNAPSHOT):
        assert api.ask(f"{path}?{query}").status == 400


def test_what_is_no_http_ends_that_connection_alone(api: Api) -> None:
    with socket.create_connection((api.host, api.port), 10) as raw:
        raw.sendall(b"\x16\x03\x01 no http at all\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400")
    with socket.create_connection((api.host, api.port), 10) as raw:
        raw.sendall(b"GET /api/status HTTP/1.1\r\nX: " + b"a" * 200_000)
        assert raw.recv(100).startswith(b"HTTP/1.1 400")
    assert api.ask("/api/status").status == 200
