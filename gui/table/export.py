"""Rows of a table as a file that spreadsheets open."""

import csv
import io
from collections.abc import Sequence

MARK = b"\xef\xbb\xbf"
"""By it spreadsheets know UTF-8."""


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """One line for each row."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return MARK + text.getvalue().encode()
