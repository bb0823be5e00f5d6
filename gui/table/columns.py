"""A column of a table as a value: its title, what it shows of a record, and in which colour."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import Qt

from gui.theme import Tone

Record = TypeVar("Record")
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Record]):
    """`width` is counted in average characters; the last column takes what is left."""

    key: str
    title: str
    shown: Callable[[Record], str]
    tone: Callable[[Record], Tone | None] = lambda record: None
    icon: Callable[[Record], str] = lambda record: ""
    alignment: Qt.AlignmentFlag = LEFT
    width: int = 16
    rank: Callable[[Record], float | str] | None = None
    """What the rows are sorted by where the table can be sorted; what it shows where there is none."""
