"""The forms of an answer: JSON, JSON that the client may have already, and errors in words."""

import hashlib
import logging
from collections.abc import Callable, Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from backend.api.page_of import BadNumber
from backend.errors import UserError, WrongUse
from backend.evolution.find import Ambiguous

log = logging.getLogger(__name__)
JSON = "application/json"
MOST_BYTES = 32 << 20
"""A larger answer is refused; it can be had in parts."""
KEPT = "private, no-cache"
"""The client may keep it, and asks each time whether it is still so."""
Endpoint = Callable[[Request], Response]


def json_answer(value: object) -> Response:
    """What holds at this moment."""
    return _bounded(msgspec.json.encode(value), {})


def kept_answer(request: Request, content: bytes, media_type: str = JSON) -> Response:
    """Content with its hash as ETag; 304 without content where the client has the same."""
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": KEPT}
    if _has(request.headers.get("If-None-Match", ""), tag):
        return Response(status_code=304, headers=headers)
    return _bounded(content, headers, media_type)


def failure(status: int, error: str, hint: str, headers: Mapping[str, str] | None = None) -> Response:
    """{"error": …, "hint": …}"""
    return Response(msgspec.json.encode({"error": error, "hint": hint}), status, headers, JSON)


def answering(endpoint: Endpoint) -> Endpoint:
    """The endpoint, whose errors become answers; a bug is logged, and the client learns no more than that."""

    def answered(request: Request) -> Response:
        try:
            return endpoint(request)
        except BadNumber as error:
            return failure(400, str(error), "Leave it away for the first hundred.")
        except Ambiguous as error:
            return failure(409, error.message, error.hint)
        except WrongUse as error:
            return failure(404, error.message, error.hint)
        except UserError as error:
            return failure(503, error.message, error.hint)
        except Exception:
            log.exception("A request of the API failed.")
            return failure(
                500, "Espalier made a mistake.", "The details stand where `espalier serve` runs; please report them."
            )

    return answered


def too_large(size: int) -> Response:
    return failure(
        413, f"The answer would have {size:,} bytes, and {MOST_BYTES:,} are sent.", "Ask for parts: ?offset=0&limit=20"
    )


def _bounded(content: bytes, headers: Mapping[str, str], media_type: str = JSON) -> Response:
    return too_large(len(content)) if len(content) > MOST_BYTES else Response(content, 200, headers, media_type)


def _has(if_none_match: str, tag: str) -> bool:
    given = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return tag in given or given == ["*"]
