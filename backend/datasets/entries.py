"""Cut a JSON array, or pretty-printed JSON objects, into single values in bounded memory."""

import re
from collections.abc import Iterable, Iterator

from backend.datasets.lines import LINE_LIMIT

_MARK = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\],]', re.DOTALL)
_BETWEEN = b" \t\r\n"


def split(chunks: Iterable[bytes], array: bool) -> Iterator[tuple[int, bytes | None]]:
    """Yield (entry number from 1, its bytes); None stands for an entry over LINE_LIMIT, which ends the reading.

    What is not JSON is cut somewhere and left for the decoder to refuse.

    Args:
        chunks: the elements of an array after its `[`, or objects one after the other.
        array: which of the two it is.
    """
    number, depth, buffer = 0, 0, b""
    begun, scanned = 0, 0
    pieces = iter(chunks)
    for chunk in pieces:
        buffer, scanned, begun = buffer[begun:] + chunk, scanned - begun, 0
        for mark in _MARK.finditer(buffer, scanned):
            sign = mark.group()
            if sign == b'"':
                scanned = mark.start()  # a string that goes on in the next chunk
                break
            scanned = mark.end()
            if array and depth == 0 and sign in (b",", b"]"):
                number += 1
                if entry := buffer[begun : mark.start()].strip(_BETWEEN):
                    yield number, entry
                begun = mark.end()
                if sign == b"]":
                    if buffer[begun:].strip(_BETWEEN) or any(later.strip(_BETWEEN) for later in pieces):
                        yield number + 1, b"]"  # what follows the array is no row, whatever it is
                    return
            elif sign in (b"{", b"["):
                depth += 1
            elif sign in (b"}", b"]"):
                depth = max(depth - 1, 0)
                if depth == 0 and not array:
                    number += 1
                    yield number, buffer[begun : mark.end()].strip(_BETWEEN)
                    begun = mark.end()
        else:
            scanned = len(buffer)
        if len(buffer) - begun > LINE_LIMIT:
            yield number + 1, None
            return
    if buffer[begun:].strip(_BETWEEN):
        yield number + 1, buffer[begun:]
