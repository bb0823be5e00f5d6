"""`/api/status` and `/api/queue`: what happens now and what waits, in the words of `--json`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.api.answers import answering, json_answer
from backend.api.page_of import part_of
from backend.control.board import state_json
from backend.paths import Home
from backend.reading import read_jobs, read_status
from backend.records import job_row


class StatusRoutes:
    """Of one home."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def routes(self) -> list[Route]:
        return [Route("/api/status", answering(self.status)), Route("/api/queue", answering(self.queue))]

    def status(self, _request: Request) -> Response:
        return json_answer(state_json(read_status(self._home)))

    def queue(self, request: Request) -> Response:
        part = part_of(read_jobs(self._home), request.query_params)
        jobs = [job_row(job) for job in part.items]
        return json_answer({"jobs": jobs, "total": part.total, "offset": part.offset, "limit": part.limit})
