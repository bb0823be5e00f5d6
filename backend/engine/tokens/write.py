"""Fill a folder with token sequences as they come, in bounded memory."""

import hashlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec
import numpy as np

from backend import files
from backend.domain.dataset import BadLine
from backend.engine.tokens.layout import ARRAYS, BAD_SHOWN, CARD, Card, Counts
from backend.engine.tokens.masks import RowTokens


class Writer:
    """Fills a staging folder with rows as they come; the folder is complete after `finish`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        places = {name: folder / f"{name}.bin" for name in ARRAYS}
        self._streams: dict[str, BinaryIO] = {name: place.open("wb") for name, place in places.items()}
        self._tokens = self._supervised = self._sequences = self._refused = self._cut = 0
        self._bad: list[BadLine] = []
        self.rows = 0

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._streams.values():
            stream.close()

    def add(self, row: RowTokens) -> None:
        for ids, mask in row.sequences:
            self._put("ids", ids)
            self._put("mask", mask)
            self._tokens += len(ids)
            self._supervised += int(mask.sum())
            self._sequences += 1
            self._put("sequence_ends", self._tokens)
        self._put("row_ends", self._sequences)
        self._put("row_lines", row.line)
        self._streams["row_hashes"].write(row.hash)
        self._cut += row.cut
        self.rows += 1

    def refuse(self, line: BadLine) -> None:
        self._refused += 1
        if len(self._bad) < BAD_SHOWN:
            self._bad.append(line)

    @property
    def first_refused(self) -> BadLine | None:
        return self._bad[0] if self._bad else None

    def finish(self, warnings: tuple[str, ...]) -> None:
        for stream in self._streams.values():
            stream.close()
        digest = hashlib.sha256()
        for name in ("ids", "mask", "sequence_ends", "row_ends", "row_lines"):
            digest.update(files.sha256(self._folder / f"{name}.bin").encode())
        card = Card(
            counts=Counts(tokens=self._tokens, supervised=self._supervised, refused=self._refused, cut=self._cut),
            bad=tuple(self._bad),
            warnings=warnings,
            fingerprint=digest.hexdigest(),
        )
        files.write(self._folder / CARD, msgspec.json.encode(card))

    def _put(self, name: str, values: object) -> None:
        self._streams[name].write(np.asarray(values, dtype=ARRAYS[name]).tobytes())
