"""The index of evolution: runs, their examples, and the figures of each snapshot. The files are the truth."""

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec

from backend.domain.evolution import EvolutionRun, PanelExample, StepFigures
from backend.domain.snapshot import Reason, Scored, Snapshot, Summary
from backend.errors import WrongUse


class IndexedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot's file, as it was when it was indexed."""

    run: int
    folder: str
    step: int
    name: str
    sha256: str


class _Figures(msgspec.Struct, frozen=True, array_like=True):
    """Of one snapshot, in the order of the run's examples."""

    losses: tuple[float | None, ...]
    similarities: tuple[float | None, ...]
    right: tuple[bool | None, ...]


_FIGURES = msgspec.msgpack.Decoder(_Figures)
_SUMMARY = msgspec.json.Decoder(Summary)
_EXAMPLE = msgspec.json.Decoder(PanelExample)
_FILES = (
    "select run, folder, step, file, sha256 from evolution_snapshots"
    " join evolution_runs on evolution_runs.id = evolution_snapshots.run"
)


class Evolution:
    """All runs of a home. What is written inside one call is committed by the caller."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @property
    def is_there(self) -> bool:
        """False in the database of a program that knew no evolution, until a host opens it."""
        sql = "select 1 from sqlite_master where type = 'table' and name = 'evolution_runs'"
        return self._db.execute(sql).fetchone() is not None

    def find(self, folder: str) -> int | None:
        """The run in this folder."""
        row = self._db.execute("select id from evolution_runs where folder = ?", (folder,)).fetchone()
        return None if row is None else int(row[0])

    def get(self, run: int) -> EvolutionRun:
        """Raises WrongUse when there is no such run."""
        found = self._runs("where id = ?", (run,))
        if not found:
            raise WrongUse(f"There is no run {run}.", "`espalier evolution list` shows them.")
        return found[0]

    def all(self) -> list[EvolutionRun]:
        """Newest first."""
        return self._runs("", ())

    def origin(self, folder: str) -> str | None:
        """What the run in this folder began as."""
        row = self._db.execute("select origin from evolution_runs where folder = ?", (folder,)).fetchone()
        return None if row is None else str(row[0])

    def add_run(self, snapshot: Snapshot, begun_at: str, number: int | None = None) -> int:
        """A run, from any of its snapshots; returns its number.

        Args:
            number: the one it had before; None takes the next.
        """
        row = self._db.execute(
            "insert into evolution_runs (id, folder, job, dataset, dataset_name, base, origin, begun_at, total_steps)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
            (
                number,
                snapshot.run,
                snapshot.job,
                snapshot.dataset,
                snapshot.dataset_name,
                snapshot.base,
                snapshot.origin,
                begun_at,
                snapshot.total_steps,
            ),
        ).fetchone()
        return int(row[0])

    def add_snapshot(self, run: int, snapshot: Snapshot, name: str, sha256: str) -> None:
        """Figures of a file; examples that the run did not have come behind the others."""
        numbers = self._numbers(run, snapshot.examples)
        by_number = {numbers[one.example_id]: one for one in snapshot.examples}
        ordered = [by_number.get(number) for number in range(max(by_number, default=-1) + 1)]
        figures = _Figures(
            tuple(None if one is None else one.loss for one in ordered),
            tuple(None if one is None else one.similarity for one in ordered),
            tuple(None if one is None else one.right for one in ordered),
        )
        self._db.execute(
            "insert into evolution_snapshots (run, step, file, sha256, taken_at, reason, head_steps, summary, figures)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                snapshot.training_step,
                name,
                sha256,
                snapshot.timestamp,
                str(snapshot.reason),
                snapshot.head_steps,
                msgspec.json.encode(snapshot.summary).decode(),
                msgspec.msgpack.encode(figures),
            ),
        )

    def put_ended(self, run: int, ended: bool) -> None:
        """Whether the run's analysis is written; nothing goes to disk where that is known."""
        self._db.execute("update evolution_runs set ended = ? where id = ? and ended is not ?", (ended, run, ended))

    def put_endings(self, run: int, sums: Mapping[str, str]) -> None:
        """SHA-256 by name, of files that were written at the run's end; what is known of one already stays."""
        known = self.endings(run)
        if sums.keys() - known.keys():
            text = msgspec.json.encode({**sums, **known}, order="sorted").decode()
            self._db.execute("update evolution_runs set endings = ? where id = ?", (text, run))

    def endings(self, run: int) -> dict[str, str]:
        row = self._db.execute("select endings from evolution_runs where id = ?", (run,)).fetchone()
        return {} if row is None else msgspec.json.decode(row[0], type=dict[str, str])

    def examples(self, run: int) -> tuple[PanelExample, ...]:
        """In the order in which figures stand."""
        rows = self._db.execute("select card from evolution_examples where run = ? order by number", (run,))
        return tuple(_EXAMPLE.decode(row[0]) for row in rows)

    def figures(self, run: int, after_step: int | None = None) -> tuple[StepFigures, ...]:
        """In order of steps; only of later ones where a step is given."""
        rows = self._db.execute(
            "select * from evolution_snapshots where run = ? and step > ? order by step",
            (run, -1 if after_step is None else after_step),
        )
        return tuple(_figures(row) for row in rows)

    def file(self, run: int, step: int) -> IndexedFile:
        """Raises WrongUse where the run has no snapshot of this step."""
        row = self._db.execute(f"{_FILES} where run = ? and step = ?", (run, step)).fetchone()
        if row is None:
            raise WrongUse(
                f"Run {run} has no snapshot of step {step}.", "`espalier evolution show RUN` shows its steps."
            )
        return _file(row)

    def files(self, run: int | None = None) -> list[IndexedFile]:
        """Of one run or of all, in order of steps."""
        rows = self._db.execute(f"{_FILES} where run = coalesce(?, run) order by run, step", (run,))
        return [_file(row) for row in rows]

    def drop_snapshots(self, run: int, steps: Iterable[int]) -> None:
        """Of files that are gone or put aside. A run without a snapshot is none."""
        self._db.executemany(
            "delete from evolution_snapshots where run = ? and step = ?", ((run, step) for step in steps)
        )
        if not self.files(run):
            self._db.execute("delete from evolution_runs where id = ?", (run,))

    def clear(self) -> None:
        """Everything, before it is made again from the files."""
        self._db.execute("delete from evolution_runs")
        self._db.execute("delete from sqlite_sequence where name = 'evolution_runs'")

    def _runs(self, where: str, values: tuple[int, ...]) -> list[EvolutionRun]:
        rows = self._db.execute(f"select * from evolution_runs {where} order by id desc", values).fetchall()
        wanted = "where run = ?" if where else ""
        steps: dict[int, list[int]] = {}
        for run, step in self._db.execute(
            f"select run, step from evolution_snapshots {wanted} order by run, step", values
        ):
            steps.setdefault(run, []).append(step)
        return [self._run(row, steps.get(row["id"], [])) for row in rows]

    def _run(self, row: sqlite3.Row, steps: list[int]) -> EvolutionRun:
        return EvolutionRun(
            id=row["id"],
            folder=row["folder"],
            job=row["job"],
            dataset=row["dataset"],
            dataset_name=row["dataset_name"],
            base=row["base"],
            begun_at=row["begun_at"],
            total_steps=row["total_steps"],
            steps=tuple(steps),
            first=self._summary(row["id"], steps[0]) if steps else None,
            last=self._summary(row["id"], steps[-1]) if steps else None,
            ended=bool(row["ended"]),
        )

    def _summary(self, run: int, step: int) -> Summary:
        sql = "select summary from evolution_snapshots where run = ? and step = ?"
        return _SUMMARY.decode(self._db.execute(sql, (run, step)).fetchone()[0])

    def _numbers(self, run: int, examples: tuple[Scored, ...]) -> dict[str, int]:
        """The place of each example; new ones get the next."""
        known = self._db.execute("select example_id, number from evolution_examples where run = ?", (run,))
        numbers: dict[str, int] = {row[0]: row[1] for row in known}
        fresh = {one.example_id: one for one in examples if one.example_id not in numbers}
        numbers |= {example_id: number for number, example_id in enumerate(fresh, start=len(numbers))}
        self._db.executemany(
            "insert into evolution_examples (run, number, example_id, card) values (?, ?, ?, ?)",
            (
                (run, numbers[example_id], example_id, msgspec.json.encode(_panel_example(one)).decode())
                for example_id, one in fresh.items()
            ),
        )
        return numbers


def _panel_example(one: Scored) -> PanelExample:
    return PanelExample(**{name: getattr(one, name) for name in PanelExample.__struct_fields__})


def _figures(row: sqlite3.Row) -> StepFigures:
    figures = _FIGURES.decode(row["figures"])
    return StepFigures(
        step=row["step"],
        taken_at=row["taken_at"],
        reason=Reason(row["reason"]),
        head_steps=row["head_steps"],
        summary=_SUMMARY.decode(row["summary"]),
        losses=figures.losses,
        similarities=figures.similarities,
        right=figures.right,
    )


def _file(row: sqlite3.Row) -> IndexedFile:
    return IndexedFile(run=row["run"], folder=row["folder"], step=row["step"], name=row["file"], sha256=row["sha256"])
