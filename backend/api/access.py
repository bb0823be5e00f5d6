"""Who may ask the API, and for which address: decided before anything of the home is read (safety.md, Security)."""

import hmac
import ipaddress
from collections.abc import Iterable
from urllib.parse import parse_qs

from backend.errors import WrongUse

LOCALHOST = "localhost"


class Denied(Exception):
    """A request that gets no answer but this."""

    def __init__(self, status: int, error: str, hint: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.hint = hint
        self.headers = headers


class Access:
    """The rules of one server: its own names, and its token."""

    def __init__(self, hosts: frozenset[str], token: str) -> None:
        self._hosts = hosts
        self._token = token.encode()

    def check(self, method: str, headers: Iterable[tuple[bytes, bytes]], query: bytes, *, is_page: bool) -> None:
        """Raises Denied. The page holds no data, so it needs no token."""
        by_name: dict[bytes, list[bytes]] = {}
        for name, value in headers:
            by_name.setdefault(name.lower(), []).append(value)
        hosts = by_name.get(b"host", [])
        if len(hosts) != 1:
            raise Denied(400, "The request names no host, or several.", "Send one Host header.")
        if hosts[0].decode("latin-1").lower() not in self._hosts:
            raise Denied(421, "This server does not answer for that host.", "Use the address that `serve` printed.")
        if b"origin" in by_name:
            raise Denied(403, "Pages of other origins get no answer.", "Ask from a program, or from the viewer.")
        if method not in ("GET", "HEAD"):
            raise Denied(405, "The API only reads.", "Use GET or HEAD.", (("Allow", "GET, HEAD"),))
        if not is_page and not self._lets_in(by_name.get(b"authorization", []), query):
            raise Denied(
                401,
                "The token is missing or wrong.",
                "Send `Authorization: Bearer TOKEN` or `?token=TOKEN`; `espalier serve` printed it.",
                (("WWW-Authenticate", 'Bearer realm="espalier"'),),
            )

    def _lets_in(self, authorizations: list[bytes], query: bytes) -> bool:
        if authorizations:
            kind, _, given = authorizations[0].partition(b" ")
            return len(authorizations) == 1 and kind.lower() == b"bearer" and self._equals(given.strip())
        tokens = parse_qs(query.decode("latin-1")).get("token", [])
        return len(tokens) == 1 and self._equals(tokens[0].encode())

    def _equals(self, given: bytes) -> bool:
        """In constant time."""
        return hmac.compare_digest(given, self._token)


def names_of(host: str, port: int) -> frozenset[str]:
    """What a Host header may say of a server bound to this address."""
    names = {host.lower()}
    if host.lower() == LOCALHOST or _is_loopback(host):
        names.add(LOCALHOST)
    if host.lower() == LOCALHOST:
        names.add("127.0.0.1")
    shown = {f"[{name}]" if ":" in name else name for name in names}
    return frozenset({f"{name}:{port}" for name in shown} | (shown if port == 80 else set()))


def require_one_address(host: str) -> None:
    """Raises WrongUse for the addresses that stand for every one of the machine: a Host header could not be checked."""
    if not host or (_is_address(host) and ipaddress.ip_address(host).is_unspecified):
        raise WrongUse(
            f"{host!r} stands for every address of this machine.", "Name the one that others shall use, with --host."
        )


def is_of_this_machine(host: str) -> bool:
    """Whether only programs of this machine reach it."""
    return host.lower() == LOCALHOST or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
