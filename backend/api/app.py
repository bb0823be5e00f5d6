"""The application: every route of the API behind its guard."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from backend.api.access import Access
from backend.api.answers import failure
from backend.api.evolution import EvolutionRoutes
from backend.api.guard import Guard
from backend.api.pages import PATHS, Pages
from backend.api.status import StatusRoutes
from backend.paths import Home


def application(home: Home, access: Access) -> ASGIApp:
    """For one home and one server's rules."""
    routes = [*StatusRoutes(home).routes(), *EvolutionRoutes(home).routes(), *Pages().routes()]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _unknown})
    app.router.redirect_slashes = False
    return Guard(app, access, PATHS)


def _unknown(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return failure(status, "There is nothing at this address.", "docs/api.md lists the addresses.")
