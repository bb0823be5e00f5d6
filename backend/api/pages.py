"""`/evolution_viewer.html`: the one page, which holds no data; its policy lets its own script run and no other."""

import base64
import hashlib
import importlib.resources
import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend.api.answers import kept_answer

VIEWER = "/evolution_viewer.html"
ROOT = "/"
PATHS = frozenset({VIEWER, ROOT})
"""What is answered without a token."""
_PARTS = {
    "script-src": re.compile(r"<script>(.*?)</script>", re.DOTALL),
    "style-src": re.compile(r"<style>(.*?)</style>", re.DOTALL),
}


class Pages:
    """Read once, when the server starts."""

    def __init__(self) -> None:
        file = importlib.resources.files("resources") / "evolution_viewer.html"
        text = file.read_text(encoding="utf-8")
        self._content = text.encode()
        self._policy = policy_for(text)

    def routes(self) -> list[Route]:
        return [Route(VIEWER, self.viewer), Route(ROOT, self.root)]

    def viewer(self, request: Request) -> Response:
        answer = kept_answer(request, self._content, "text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = self._policy
        return answer

    def root(self, _request: Request) -> Response:
        """A browser keeps the token behind `#` when it is sent on."""
        return RedirectResponse(VIEWER, 307)


def policy_for(page: str) -> str:
    """Content-Security-Policy by the hashes of the page's own script and style."""
    own = [f"{name} {' '.join(_hashes(found.findall(page)))}" for name, found in _PARTS.items()]
    rest = "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"default-src 'none'; {'; '.join(own)}; {rest}"


def _hashes(parts: list[str]) -> list[str]:
    return [f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'" for part in parts]
