"""A client of `espalier serve` over real HTTP, and the server as the real command in a child process."""

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tests.fakes.command_line import CommandLine, Going

TOKEN = "a-token-of-the-tests"
PATIENCE = 30.0


class Answer(msgspec.Struct, frozen=True):
    """What came back. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Api:
    """One server; every request opens a connection of its own unless it is `kept`."""

    def __init__(self, going: Going) -> None:
        self.going = going
        told = going.until("serving")
        self.url: str = told["url"]
        self.token: str = told["token"]
        self.viewer: str = told["viewer"]
        parts = urlsplit(self.url)
        self.host, self.port = parts.hostname or "", parts.port or 0

    @classmethod
    def start(cls, cli: CommandLine) -> "Api":
        return cls(cli.start("serve", "--port", 0, "--token", TOKEN, "--json"))

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)

    def ask(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        token: str | None = TOKEN,
        kept: http.client.HTTPConnection | None = None,
    ) -> Answer:
        connection = kept or self.connection()
        sent = {} if token is None else {"Authorization": f"Bearer {token}"}
        connection.request(method, path, headers={**sent, **(headers or {})})
        response = connection.getresponse()
        answer = Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
        if kept is None:
            connection.close()
        return answer
