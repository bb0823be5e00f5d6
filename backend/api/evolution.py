"""`/api/evolution/…`: the runs, their snapshots, and one snapshot whole or in part."""

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.api import page_of
from backend.api.answers import MOST_BYTES, answering, json_answer, kept_answer, too_large
from backend.domain.evolution import EvolutionRun, StepFigures
from backend.errors import WrongUse
from backend.evolution import folder
from backend.evolution.find import find_run
from backend.evolution.snapshot import file_name
from backend.host import ask
from backend.paths import Home
from backend.protocol.evolution import GetRun, GetSnapshot, ListRuns, RunReply, RunsReply, SnapshotReply
from backend.reading import Reader
from backend.records import fields

STEP = re.compile(r"(?:step_)?([0-9]{1,18})(?:\.json)?", re.ASCII)
"""step_000100, step_0100, 100, or the file's whole name."""


class EvolutionRoutes:
    """Of one home, read anew for each request, so that it is up to date beside a host and without one.

    Names from outside are looked up among the runs; no path is ever made of them.
    """

    def __init__(self, home: Home) -> None:
        self._home = home

    def routes(self) -> list[Route]:
        return [
            Route("/api/evolution/datasets", answering(self.datasets)),
            Route("/api/evolution/snapshots/{dataset}", answering(self.snapshots)),
            Route("/api/evolution/snapshot/{dataset}/{step}", answering(self.snapshot)),
            Route("/api/evolution/{dataset}/snapshots", answering(self.snapshots)),
            Route("/api/evolution/{dataset}/snapshot/{step}", answering(self.snapshot)),
        ]

    def datasets(self, request: Request) -> Response:
        part = page_of.part_of(self._runs(), request.query_params)
        rows = [_run_row(run) for run in part.items]
        return json_answer({"datasets": rows, "total": part.total, "offset": part.offset, "limit": part.limit})

    def snapshots(self, request: Request) -> Response:
        run = find_run(self._runs(), request.path_params["dataset"])
        figures = ask(Reader(self._home), GetRun(run=run.id), RunReply).figures
        part = page_of.part_of(figures, request.query_params)
        rows = [_snapshot_row(run, one) for one in part.items]
        head = {"dataset": run.folder, "dataset_name": run.dataset_name, "run": run.id, "ended": run.ended}
        return json_answer({**head, "snapshots": rows, "total": part.total, "offset": part.offset, "limit": part.limit})

    def snapshot(self, request: Request) -> Response:
        run = find_run(self._runs(), request.path_params["dataset"])
        step = _step(run, request.path_params["step"])
        path = folder.place(self._home.evolution / run.folder, step)
        query = request.query_params
        try:
            size = path.stat().st_size
        except FileNotFoundError as error:
            raise _no_step(run, request.path_params["step"]) from error
        if not page_of.is_asked_for(query) and size > MOST_BYTES:
            return too_large(size)
        snapshot = ask(
            Reader(self._home), GetSnapshot(run=run.id, step=step), SnapshotReply
        ).snapshot  # compares hashes
        if not page_of.is_asked_for(query):
            return kept_answer(request, path.read_bytes())
        part = page_of.part_of(snapshot.examples, query)
        cut = msgspec.structs.replace(snapshot, examples=tuple(part.items))
        place = {"total": part.total, "offset": part.offset, "limit": part.limit}
        return kept_answer(request, msgspec.json.encode({**fields(cut), **place}))

    def _runs(self) -> tuple[EvolutionRun, ...]:
        return ask(Reader(self._home), ListRuns(), RunsReply).runs


def _step(run: EvolutionRun, text: str) -> int:
    """Raises WrongUse where the run has no such snapshot."""
    found = STEP.fullmatch(text)
    if found is None or int(found[1]) not in run.steps:
        raise _no_step(run, text)
    return int(found[1])


def _no_step(run: EvolutionRun, text: str) -> WrongUse:
    return WrongUse(f"{run.folder} has no snapshot {text!r}.", f"/api/evolution/snapshots/{run.folder} lists them.")


def _run_row(run: EvolutionRun) -> dict[str, Any]:
    return {"name": run.folder, **fields(run), "snapshots": len(run.steps)}


def _snapshot_row(run: EvolutionRun, one: StepFigures) -> dict[str, Any]:
    name = file_name(one.step).removesuffix(".json")
    return {
        "snapshot_id": f"{run.folder}/{name}",
        "training_step": one.step,
        "timestamp": one.taken_at,
        "reason": one.reason,
        "head_steps": one.head_steps,
        "summary": msgspec.to_builtins(one.summary),
        "url": f"/api/evolution/snapshot/{run.folder}/{name}",
    }
