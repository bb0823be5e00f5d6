"""Goes through one file from its first byte to its last, and tells what is known of it on the way."""

import collections
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from backend.datasets import reader
from backend.datasets import source as sources
from backend.datasets.scan import Tally
from backend.domain.conversation import Conversation
from backend.domain.dataset import BadLine, Fault
from backend.domain.head import Base
from backend.domain.preview import FirstRow, Preview
from backend.engine.models.language import load_language
from backend.engine.preview.figures import Figures
from backend.engine.preview.spans import Speller
from backend.engine.tokens.masks import Masker
from backend.engine.tokens.prepare import batches
from backend.errors import Damaged, UserError
from backend.protocol.preview import Looked, PreviewEvent, PreviewOrder, Reading

BAD_SHOWN = 200
TELL_SECONDS = 0.1
SHOW_SECONDS = 1.0
LIMIT_SECONDS = 600.0
"""Of tokenising, for all rows are looked at; a file that takes longer is judged by what was read until then."""
NO_MODEL = (
    "No model is chosen yet, so lengths and masks are not known: they depend on its tokenizer. Choose one, for example"
    " with `espalier model add starter` and `espalier model use starter`."
)


class Look:
    """One pass over one file."""

    def __init__(self, order: PreviewOrder, tell: Callable[[PreviewEvent], object]) -> None:
        self._order = order
        self._tell = tell
        self._tally = Tally()
        self._refused = 0
        self._faults: collections.Counter[Fault] = collections.Counter()
        self._bad: list[BadLine] = []
        self._first: list[FirstRow] = []
        self._masker: Masker | None = None
        self._speller: Speller | None = None
        self._figures: Figures | None = None
        self._note = "" if order.base is not None else NO_MODEL
        self._size = self._done = 0
        self._told_at = self._shown_at = time.monotonic()

    def run(self, seconds: float = LIMIT_SECONDS) -> None:
        """Ends with the last `Looked`.

        Raises:
            UserError: the file cannot be read at all, or is not the one that was stored.
        """
        path = Path(os.fsdecode(self._order.path))
        with sources.opened(path) as stream:
            self._size = stream.seek(0, 2)
            self._tell(Reading(done=0, total=self._size))
            if self._order.base is not None:
                self._prepare(self._order.base)
            complete = self._read(sources.pieces(stream, path, self._read_to), time.monotonic() + seconds)
        if not complete:
            self._note = f"Only the first part of the file was looked at: it would take more than {seconds:,.0f} s."
        self._tell(Looked(preview=self._preview(complete), last=True))

    def _prepare(self, base: Base) -> None:
        """Without a usable tokenizer the rest is still worth telling."""
        settings = self._order.settings
        try:
            language = load_language(base)
            self._masker = Masker(language.tokenizer, language.eos_ids, language.context, settings)
        except UserError as error:
            self._note = str(error)
            return
        self._speller = Speller(language.tokenizer)
        limit = min(language.context, settings.max_length)
        self._figures = Figures(base.name or base.slug, limit, settings)

    def _read(self, pieces: Iterator[bytes], deadline: float) -> bool:
        """Whether it came to the end."""
        digest = hashlib.sha256()
        chunks = _hashed(pieces, digest)
        for batch in batches(reader.rows(chunks)):
            self._take(batch)
            self._tell_now_and_then()
            if time.monotonic() > deadline:
                return False
        collections.deque(chunks, maxlen=0)  # the reader may end before the file does
        if self._order.sha256 and digest.hexdigest() != self._order.sha256:
            raise Damaged(
                f"The stored copy {os.fsdecode(self._order.path)} is not the file that was queued.", "Queue it again."
            )
        return True

    def _take(self, batch: list[Conversation | BadLine]) -> None:
        accepted = [row for row in batch if isinstance(row, Conversation)]
        tokenised = iter(self._masker.tokenise(accepted)) if self._masker is not None else iter(())
        for row in batch:
            self._tally.take(row)
            result = row if isinstance(row, BadLine) else next(tokenised, None)
            if isinstance(result, BadLine):
                self._refuse(result)
            elif result is not None and self._figures is not None and self._speller is not None:
                self._figures.add(result)
                if len(self._first) < self._order.rows:
                    self._first.append(self._speller.row(result))

    def _refuse(self, line: BadLine) -> None:
        self._refused += 1
        self._faults[line.fault] += 1
        if len(self._bad) < BAD_SHOWN:
            self._bad.append(line)

    def _read_to(self, done: int) -> None:
        self._done = done
        now = time.monotonic()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            self._tell(Reading(done=done, total=self._size))

    def _tell_now_and_then(self) -> None:
        self._read_to(self._done)
        now = time.monotonic()
        if now - self._shown_at >= SHOW_SECONDS:
            self._shown_at = now
            self._tell(Looked(preview=self._preview(complete=False), last=False))

    def _preview(self, complete: bool) -> Preview:
        report = self._tally.report()
        tokens = None
        if self._figures is not None and self._masker is not None:
            tokens = self._figures.so_far(self._masker.warnings)
            if complete:
                heldout, steps = self._figures.plan()
                tokens = msgspec.structs.replace(tokens, heldout=heldout, steps=steps)
        return Preview(
            name=self._order.name,
            bytes=self._size,
            complete=complete,
            rows=report.rows if self._figures is None else self._figures.rows,
            refused=self._refused,
            faults=dict(self._faults),
            bad=tuple(self._bad),
            formats=report.formats,
            duplicates=report.duplicates,
            tokens=tokens,
            first=tuple(self._first),
            note=self._note,
        )


def _hashed(chunks: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
