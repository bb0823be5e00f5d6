"""What both sides of the training benchmark are given, and what each gives back."""

import sys
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from backend.domain.head import Base
from backend.domain.job import JobSettings

Record = TypeVar("Record")
Row = tuple[tuple[int, ...], tuple[bool, ...]]
"""Token ids, and which of them are supervised."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """The same rows, in the same order, for both sides."""

    base: Base
    home: str
    dataset: str
    settings: JobSettings
    threads: int
    sequences: tuple[Row, ...]
    """Tokens and supervision masks in training order, for a side that is given tokens."""
    heldout: tuple[Row, ...]
    """Rows that neither side trains."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What one side did in each step, and the folder with its adapter."""

    supervised: tuple[int, ...]
    losses: tuple[float, ...]
    seconds_after_first_step: float
    peak_bytes: int
    adapter: str


def peak_bytes() -> int:
    """Most resident memory that this process ever had."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def read(path: str, kind: type[Record]) -> Record:
    return msgspec.json.decode(Path(path).read_bytes(), type=kind)


def write(path: str, record: object) -> None:
    Path(path).write_bytes(msgspec.json.encode(record))


class Clock:
    """Times of the ends of steps."""

    def __init__(self) -> None:
        self._ends: list[float] = []

    def step_ended(self) -> None:
        self._ends.append(time.perf_counter())

    @property
    def seconds_after_first_step(self) -> float:
        return self._ends[-1] - self._ends[0]
