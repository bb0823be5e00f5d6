"""Take a file of the user's in: an immutable copy named by its hash, and a report of what is in it."""

import collections
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from backend import files
from backend.datasets import source as sources
from backend.datasets.label import label
from backend.datasets.scan import scan
from backend.domain.dataset import Dataset, Report
from backend.errors import UserError
from backend.paths import Home

Progress = Callable[[int, int], None]
_READ_ONLY = 0o444


def take_in(
    home: Home, source: Path, name: str | None = None, progress: Progress | None = None, *, follow: bool = True
) -> Dataset:
    """Copy `source` into the home's datasets, durably; the source is only read. Several processes may do it at once.

    Args:
        progress: gets (bytes done, bytes to do); every byte counts twice, once read and once copied.
        follow: whether a link to a file stands for that file.

    Raises:
        UserError: not a readable regular file, empty, changed while read, or without a usable row.
        NoSpace: too little would stay free.
    """
    with sources.opened(source, follow=follow) as stream:
        size = os.fstat(stream.fileno()).st_size
        told = progress or _quiet
        digest = hashlib.sha256()
        chunks = _hashed(sources.pieces(stream, source, lambda done: told(done, 2 * size)), digest)
        report = scan(chunks)
        _require_rows(source, report)
        collections.deque(chunks, maxlen=0)  # a scan may end before the file does
        sha256 = digest.hexdigest()
        home.datasets.mkdir(parents=True, exist_ok=True)
        if not stored(home, sha256):
            files.require_space(home.datasets, size)
            _copy(home, stream, source, sha256, lambda done: told(size + done, 2 * size))
        told(2 * size, 2 * size)
    return Dataset(sha256=sha256, name=label(name or source.name), bytes=size, report=report)


def stored(home: Home, sha256: str) -> bool:
    """Whether the copy is there and its bytes still hash to its name."""
    path = home.dataset(sha256)
    return path.is_file() and files.sha256(path) == sha256


def _copy(home: Home, stream: BinaryIO, source: Path, sha256: str, progress: Callable[[int], object]) -> None:
    target = home.dataset(sha256)

    def produce(sink: Callable[[bytes], object]) -> None:
        digest = hashlib.sha256()
        for piece in _hashed(sources.pieces(stream, source, progress), digest):
            sink(piece)
        if digest.hexdigest() != sha256:
            raise sources.changed(source)

    if target.exists():
        target.chmod(0o644)  # a damaged copy; Windows replaces no read-only file
    try:
        files.write_from(target, produce, _READ_ONLY)
    except PermissionError:
        if not stored(home, sha256):  # else another process was first
            raise


def _hashed(chunks: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _require_rows(source: Path, report: Report) -> None:
    if report.rows:
        return
    if not report.bad:
        raise UserError(f"{source.name} holds only blank lines.", "Give a file with one row of data on each line.")
    first = report.bad[0]
    where = f"line {first.line}: " if first.line else ""
    lines = "line was" if report.refused == 1 else "lines were"
    raise UserError(
        f"{source.name} has no usable row; {report.refused:,} {lines} refused, the first at {where}{first.reason}"
        if where
        else f"{source.name} has no usable row: {first.reason}",
        first.remedy,
    )


def _quiet(_done: int, _total: int) -> None:
    return None
