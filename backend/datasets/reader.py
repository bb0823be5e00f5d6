"""Read a file of training rows as a stream: each row accepted, or refused with line, reason and remedy."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from backend.datasets import entries, lines
from backend.datasets.decode import bad, decode
from backend.domain.conversation import Conversation
from backend.domain.dataset import BadLine

CHUNK = 1 << 20
_UTF8_MARK = b"\xef\xbb\xbf"
_FOREIGN = (
    (b"\xff\xfe", "UTF-16 text", "Save it as UTF-8."),
    (b"\xfe\xff", "UTF-16 text", "Save it as UTF-8."),
    (b"\x00\x00\xfe\xff", "UTF-32 text", "Save it as UTF-8."),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it first, for example with gunzip."),
    (b"\x28\xb5\x2f\xfd", "compressed with zstandard", "Unpack it first, for example with unzstd."),
    (b"PK\x03\x04", "a zip archive", "Unpack it first."),
    (b"PAR1", "a parquet file", "Export it as JSON lines first."),
    (b"BZh", "compressed with bzip2", "Unpack it first."),
    (b"\xfd7zXZ", "compressed with xz", "Unpack it first."),
)


def read(path: Path) -> Iterator[Conversation | BadLine]:
    """The rows of a file in order. Raises OSError where the file cannot be read, and nothing else."""
    with path.open("rb") as stream:
        yield from rows(iter(lambda: stream.read(CHUNK), b""))


def read_lines(path: Path, wanted: Iterable[int]) -> Iterator[Conversation | BadLine]:
    """Like `read`, but only the rows of these lines, and nothing after the last of them is read."""
    missing = set(wanted)
    with path.open("rb") as stream:
        pieces = iter(lambda: stream.read(CHUNK), b"")
        for number, content in _cut(_head(pieces).removeprefix(_UTF8_MARK), pieces):
            if not missing:
                return
            if number in missing:
                missing.remove(number)
                yield decode(number, content)


def rows(chunks: Iterable[bytes]) -> Iterator[Conversation | BadLine]:
    """Like `read`, from pieces of bytes of any size."""
    pieces = iter(chunks)
    head = _head(pieces)
    for signature, what, remedy in _FOREIGN:
        if head.startswith(signature):
            yield bad(0, f"The file is {what}, not JSON lines.", remedy)
            return
    head = head.removeprefix(_UTF8_MARK)
    if b"\x00" in head[:4]:
        yield bad(0, "The file is UTF-16 text or binary, not JSON lines.", "Save it as UTF-8.")
        return
    for number, content in _cut(head, pieces):
        if content is None or (content and not content.isspace()):
            yield decode(number, content)


def _head(pieces: Iterator[bytes]) -> bytes:
    """Enough of the beginning to see what kind of file it is."""
    head = b""
    while len(head) < 4096 and (piece := next(pieces, b"")):
        head += piece
    return head


def _cut(head: bytes, pieces: Iterator[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Lines, or entries where the file is a JSON array or its first line is a bare `{`."""
    start = head.lstrip()
    if start.startswith(b"["):
        return entries.split(chain((start[1:],), pieces), array=True)
    if start.split(b"\n", 1)[0].strip() == b"{":
        return entries.split(chain((start,), pieces), array=False)
    return lines.split(chain((head,), pieces))
