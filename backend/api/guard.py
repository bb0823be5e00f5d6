"""Stands before every route: refuses who may not ask, and gives every answer the headers that keep it private."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.access import Access, Denied
from backend.api.answers import failure

PRIVATE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy of whatever is no page."""


class Guard:
    """ASGI application around another one."""

    def __init__(self, app: ASGIApp, access: Access, pages: frozenset[str]) -> None:
        self._app = app
        self._access = access
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def send_privately(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in PRIVATE.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", CLOSED_POLICY)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        app = self._app
        try:
            is_page = scope["path"] in self._pages
            self._access.check(scope["method"], scope["headers"], scope["query_string"], is_page=is_page)
        except Denied as denied:
            app = failure(denied.status, denied.error, denied.hint, dict(denied.headers))
        await app(scope, receive, send_privately)
