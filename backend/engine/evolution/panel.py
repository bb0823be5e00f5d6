"""The panel of a job: rows of its file and the pinned examples, tokenised and with their texts."""

from collections.abc import Callable, Iterable
from pathlib import Path

from backend.datasets import reader
from backend.domain.conversation import Conversation
from backend.domain.dataset import BadLine, Fault
from backend.domain.job import JobSettings
from backend.domain.pin import Pin
from backend.domain.snapshot import Source
from backend.engine.evolution.item import Item, Maker, Origin
from backend.engine.models.load import LoadedModel
from backend.engine.tokens.cache import TokenSet
from backend.engine.tokens.masks import Masker
from backend.evolution.panel import choose
from backend.protocol.engine import Train

Warn = Callable[[str], object]


class Panel:
    """Makes the examples of one segment. `warn` gets a sentence for each that cannot be had."""

    def __init__(self, loaded: LoadedModel, settings: JobSettings, warn: Warn, heed: Callable[[], object]) -> None:
        """Args: heed: asked while a file is read; what it raises is raised."""
        self._maker = Maker(loaded.tokenizer, loaded.eos_ids, loaded.context)
        self._masker = Masker(loaded.tokenizer, loaded.eos_ids, loaded.context, settings)
        self._settings = settings
        self._warn = warn
        self._heed = heed

    def of_job(self, command: Train, tokens: TokenSet, trains: Iterable[int], pins: Iterable[Pin]) -> list[Item]:
        """Rows in file order, then the pinned examples; what is both stands once.

        Args:
            trains: the rows that train, as the run's order has them; the others are held out.
        """
        trained = sorted(trains)
        heldout = sorted(set(range(tokens.rows)).difference(trained))
        chosen = choose(self._settings.evolution_examples, trained, heldout, tokens.lengths.tolist(), tokens.row_hash)
        pinned = {pin.example_id: pin for pin in pins}
        lines = {int(tokens.row_lines[one.row]): one for one in chosen}
        found: dict[str, Item] = {}
        for conversation in self._read(Path(command.dataset_path), lines):
            row, is_heldout = lines[conversation.line]
            example_id = tokens.row_hash(row).hex()
            origin = Origin(
                example_id=example_id,
                pinned=example_id in pinned,
                heldout=is_heldout,
                dataset=command.dataset,
                line=conversation.line,
            )
            found[example_id] = self._maker.item(origin, conversation, tokens.sequences(row))
        held = {tokens.row_hash(row).hex() for row in heldout} if pinned else set[str]()
        for pin in self.pinned([pin for pin in pinned.values() if pin.example_id not in found], held):
            found[pin.id] = pin
        return list(found.values())

    def pinned(self, pins: Iterable[Pin], heldout: set[str]) -> list[Item]:
        """The pinned examples that this model's template accepts."""
        made = []
        for pin in pins:
            origin = Origin(
                example_id=pin.example_id,
                source=Source.PINNED if pin.dataset else Source.TYPED,
                pinned=True,
                heldout=pin.example_id in heldout,
                dataset=pin.dataset,
                line=pin.line,
            )
            if (item := self._tokenised(origin, pin.conversation, "A pinned example")) is not None:
                made.append(item)
        return made

    def rows(self, path: Path, dataset: str, lines: dict[int, str]) -> list[Item]:
        """Rows of a file of another job.

        Args:
            dataset: its SHA-256.
            lines: the example id of each line; a row of another content is left out.
        """
        made = []
        for conversation in self._read(path, lines):
            origin = Origin(example_id=lines[conversation.line], dataset=dataset, line=conversation.line)
            item = self._tokenised(origin, conversation, f"Line {conversation.line} of an earlier file")
            if item is not None:
                made.append(item)
        return made

    def _read(self, path: Path, lines: Iterable[int]) -> list[Conversation]:
        found = []
        for row in reader.read_lines(path, lines):
            self._heed()
            if isinstance(row, Conversation):
                found.append(row)
        return found

    def _tokenised(self, origin: Origin, conversation: Conversation, what: str) -> Item | None:
        (row,) = self._masker.tokenise([conversation])
        if isinstance(row, BadLine):
            if row.fault is Fault.TOO_LONG:
                return self._maker.too_long(origin, conversation)
            self._warn(f"{what} is left out of evolution ({origin.example_id}): {row.reason}")
            return None
        if row.hash.hex() != origin.example_id:
            self._warn(f"{what} is left out of evolution ({origin.example_id}): its content is another one.")
            return None
        return self._maker.item(origin, conversation, row.sequences)
