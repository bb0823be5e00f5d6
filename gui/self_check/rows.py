"""The rows of the self-check: their names in order, what each of them needs, and how long it may take."""

import enum
from dataclasses import dataclass

import msgspec


class Verdict(enum.StrEnum):
    OK = "ok"
    FAILED = "failed"
    NOT_RUN = "not run"
    """Something that it needs had failed."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What one row found."""

    name: str
    verdict: Verdict
    seconds: float = 0.0
    text: str = ""
    """What was seen working, or what happened and why."""
    hint: str = ""
    """What to do about a failure."""


@dataclass(frozen=True)
class Task:
    """One row to come."""

    name: str
    seconds: float
    """Longer it must not take: on a slow disk the first start of a library takes a minute and more."""
    needs: tuple[str, ...] = ()
    """Rows without which this one would only repeat their failure."""


TASKS = (
    Task("program", 60),
    Task("files", 60),
    Task("processes", 120),
    Task("window", 240),
    Task("database", 60),
    Task("engine", 300, ("files", "database")),
    Task("preview", 150, ("engine",)),
    Task("training", 180, ("engine",)),
    Task("exactness", 180, ("training",)),
    Task("version", 300, ("training",)),
    Task("way back", 120, ("version",)),
    Task("home", 240, ("database",)),
)
CLEANING = "clean-up"
"""The last row, which the program itself fills when the child that tried all others has ended."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """To the child that tries the parts: where it finds an empty folder of its own."""

    folder: str


class Began(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The child tries this now."""

    name: str


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The child has tried one."""

    row: Row


Said = Began | Ended


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole self-check; `home` is the folder that was kept because something failed."""

    ok: bool
    seconds: float
    home: str | None
    rows: tuple[Row, ...]


def not_run(name: str) -> Row:
    return Row(name=name, verdict=Verdict.NOT_RUN)
