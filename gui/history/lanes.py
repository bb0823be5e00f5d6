"""The lines of a time line: in which lane each entry stands, and which lanes pass it by.

Entries come newest first, as in the graph of a version control system. The head's own line keeps lane 0.
"""

from collections.abc import Sequence

import msgspec


class Node(msgspec.Struct, frozen=True):
    """One entry and the one that it was made on."""

    key: str
    parent: str | None


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn in one row. Lanes count from 0, on the left."""

    lane: int = 0
    above: tuple[int, ...] = ()
    """Lanes whose lines come down into this entry."""
    through: tuple[int, ...] = ()
    """Lanes that pass it by."""
    below: bool = False
    """Whether its line goes on downwards."""


def drawn(nodes: Sequence[Node], head: str | None) -> list[Graph]:
    """Args: head: key of the entry where the head stands."""
    there = {node.key for node in nodes}
    awaited: list[str | None] = [head]
    begun = [False]
    graphs = []
    for node in nodes:
        coming = [lane for lane, key in enumerate(awaited) if key == node.key]
        above = tuple(lane for lane in coming if begun[lane])
        for lane in coming:
            awaited[lane] = None
        lane = coming[0] if coming else _free(awaited, begun)
        through = tuple(other for other, key in enumerate(awaited) if key is not None and begun[other])
        parent = node.parent if node.parent in there else None
        awaited[lane], begun[lane] = parent, parent is not None
        graphs.append(Graph(lane=lane, above=above, through=through, below=parent is not None))
    return graphs


def _free(awaited: list[str | None], begun: list[bool]) -> int:
    """The first lane that nothing passes; never the head's."""
    for lane in range(1, len(awaited)):
        if awaited[lane] is None:
            return lane
    awaited.append(None)
    begun.append(False)
    return len(awaited) - 1
