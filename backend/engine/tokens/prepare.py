"""Tokenise a dataset once and keep it: the entry to this package for training."""

import collections
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from transformers import PreTrainedTokenizerBase

from backend import files
from backend.datasets import reader
from backend.domain.conversation import Conversation
from backend.domain.dataset import BadLine
from backend.domain.job import JobSettings
from backend.engine.tokens.cache import TokenSet
from backend.engine.tokens.masks import Masker
from backend.engine.tokens.render import Renderer
from backend.engine.tokens.write import Writer
from backend.errors import Damaged, UserError

Progress = Callable[[int, int], None]
FORMAT = 1
"""Raised whenever the same inputs give other tokens or another layout."""
BATCH_ROWS = 256
BATCH_CHARACTERS = 1 << 20


def prepare(
    dataset_path: Path,
    dataset_sha256: str,
    tokenizer: PreTrainedTokenizerBase,
    eos_ids: frozenset[int],
    context: int,
    settings: JobSettings,
    cache_root: Path,
    progress: Progress | None = None,
) -> TokenSet:
    """The dataset's token sequences, from the cache where it holds them whole.

    Args:
        eos_ids: the stop tokens of the model's generation config.
        context: tokens that the model can read.
        progress: gets (bytes read, bytes of the file).

    Raises:
        UserError: no row can be trained; the message gives the first reason.
        Damaged: the stored copy does not hash to `dataset_sha256`, or is gone.
    """
    folder = cache_root / _key(dataset_sha256, tokenizer, eos_ids, context, settings)
    if folder.exists():
        try:
            return TokenSet(folder)
        except (Damaged, OSError, ValueError, msgspec.DecodeError):
            shutil.rmtree(folder)  # made from the dataset alone, so it is made anew
    if not dataset_path.is_file():
        raise Damaged(f"The stored copy {dataset_path} is gone.", "Queue the file again.")
    masker = Masker(tokenizer, eos_ids, context, settings)
    try:
        with files.staged(folder) as staging, Writer(staging) as writer:
            _fill(writer, masker, dataset_path, dataset_sha256, progress or _quiet)
            writer.finish(masker.warnings)
    except OSError:
        if not folder.exists():  # else another process was first
            raise
    return TokenSet(folder)


def _fill(writer: Writer, masker: Masker, path: Path, dataset_sha256: str, progress: Progress) -> None:
    digest = hashlib.sha256()
    size = path.stat().st_size
    done = 0

    def pieces() -> Iterator[bytes]:
        nonlocal done
        with path.open("rb") as stream:
            while piece := stream.read(reader.CHUNK):
                digest.update(piece)
                done += len(piece)
                yield piece

    chunks = pieces()
    for batch in batches(reader.rows(chunks)):
        _write(writer, masker, batch)
        progress(done, size)
    collections.deque(chunks, maxlen=0)  # the reader may end before the file does
    if digest.hexdigest() != dataset_sha256:
        raise Damaged(f"The stored copy {path} is not the file that was queued.", "Queue the file again.")
    if not writer.rows:
        raise _nothing(writer.first_refused)
    progress(size, size)


def _write(writer: Writer, masker: Masker, batch: list[Conversation | BadLine]) -> None:
    tokenised = iter(masker.tokenise([row for row in batch if isinstance(row, Conversation)]))
    for row in batch:
        result = row if isinstance(row, BadLine) else next(tokenised)
        if isinstance(result, BadLine):
            writer.refuse(result)
        else:
            writer.add(result)


def _nothing(first: BadLine | None) -> UserError:
    if first is None:
        return UserError("The file holds no rows.", "Give another file.")
    where = f", the first one (line {first.line})" if first.line else ""
    return UserError(f"No row of the file can be trained{where}: {first.reason}", first.remedy)


def batches(rows: Iterator[Conversation | BadLine]) -> Iterator[list[Conversation | BadLine]]:
    """Rows in portions that suit the tokenizer."""
    batch: list[Conversation | BadLine] = []
    characters = 0
    for row in rows:
        batch.append(row)
        if isinstance(row, Conversation):
            characters += sum(len(turn.content) for turn in row.turns)
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _key(
    dataset_sha256: str,
    tokenizer: PreTrainedTokenizerBase,
    eos_ids: frozenset[int],
    context: int,
    settings: JobSettings,
) -> str:
    renderer = Renderer(tokenizer, settings.template_date)
    templates = (renderer.template(), renderer.template(tools=True))
    dated = any(source and ("strftime_now" in source or "date_string" in source) for source in templates)
    parts = (
        FORMAT,
        dataset_sha256,
        _tokenizer_hash(tokenizer),
        templates,
        sorted(eos_ids),
        min(context, settings.max_length),
        settings.cut_long_rows,
        settings.allow_special_tokens,
        renderer.day.isoformat() if dated else "",
    )
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


def _tokenizer_hash(tokenizer: PreTrainedTokenizerBase) -> str:
    state = tokenizer.backend_tokenizer.to_str()
    return hashlib.sha256(msgspec.json.encode((state, tokenizer.special_tokens_map))).hexdigest()


def _quiet(_done: int, _total: int) -> None:
    return None
