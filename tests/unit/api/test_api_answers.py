"""Errors become answers in words; a bug is logged and tells the client nothing; no answer is too large."""

import logging

import pytest
from starlette.requests import Request
from starlette.responses import Response

from backend.api import answers
from backend.api.page_of import BadNumber
from backend.errors import Damaged, WrongUse
from backend.evolution.find import Ambiguous

REQUEST = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})


def answer_to(error: Exception) -> Response:
    def endpoint(_request: Request) -> Response:
        raise error

    return answers.answering(endpoint)(REQUEST)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (WrongUse("No such run.", "h"), 404),
        (Ambiguous("a or b", "h"), 409),
        (Damaged("Bad.", "h"), 503),
        (BadNumber("n"), 400),
    ],
)
def test_every_error_of_the_users_world_has_its_status(error: Exception, status: int) -> None:
    answer = answer_to(error)
    assert answer.status_code == status
    assert str(error).split(" h")[0].encode() in answer.body


def test_a_bug_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = answer_to(ValueError("a secret path"))
    assert answer.status_code == 500
    assert b"secret" not in answer.body
    assert "a secret path" in caplog.text


def test_an_answer_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_BYTES", 10)
    assert answers.kept_answer(REQUEST, b"x" * 10).status_code == 200
    assert answers.kept_answer(REQUEST, b"x" * 11).status_code == 413
    assert answers.json_answer("x" * 20).status_code == 413
