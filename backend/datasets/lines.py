"""Cut a stream of bytes into numbered lines in bounded memory; lines that are too long are streamed past."""

from collections.abc import Iterable, Iterator

LINE_LIMIT = 32 << 20
"""Longest accepted line in bytes (semantics.md 28)."""


def split(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number from 1, line without its end); None stands for a line over LINE_LIMIT.

    Ends are LF, CRLF and lone CR: inside JSON strings a raw CR is never allowed, so nothing is cut apart.
    """
    number = 0
    begun: list[bytes] = []
    size = 0
    after_return = False
    for read in chunks:
        chunk = read.removeprefix(b"\n") if after_return else read
        after_return = read.endswith(b"\r")
        pieces = chunk.splitlines()
        unfinished = b"" if not pieces or chunk.endswith((b"\n", b"\r")) else pieces.pop()
        for piece in pieces:
            number += 1
            if not size:
                yield number, piece if len(piece) <= LINE_LIMIT else None
                continue
            size += len(piece)
            begun.append(piece)
            yield number, b"".join(begun) if size <= LINE_LIMIT else None
            begun, size = [], 0
        if unfinished:
            size += len(unfinished)
            begun = [*begun, unfinished] if size <= LINE_LIMIT else []
    if size:
        yield number + 1, b"".join(begun) if size <= LINE_LIMIT else None
