"""Brings a model into the library: checked, copied or converted, loaded once, hashed, read back."""

import contextlib
import gc
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError

from backend import files
from backend.domain.head import Base
from backend.engine.device import Device, library_versions
from backend.engine.models import download, folder, gguf_file
from backend.engine.models.card import METADATA, Card
from backend.engine.models.load import LoadedModel, load_folder
from backend.errors import Damaged, UserError
from backend.library import hub_name

Progress = Callable[[str, int, int], object]
"""Told what takes time, and how much of how much is done; 0 of 0 where that is not known."""
PIECE = 8 << 20


def import_model(source: Path | str, target: Path, slug: str, name: str, progress: Progress) -> Base:
    """Make `target` a verified copy of the model at `source`; where it is one already, that is all.

    Args:
        source: a model folder, a GGUF file, a folder with one GGUF file, or owner/name on the Hugging Face hub.
        target: the folder's final name.

    Raises:
        UserError: the model cannot be taken; nothing is left under the final name.
        Damaged: what stands at `target` is not as it was written.
    """
    if target.exists():
        return _describe(target, slug)
    if not Path(source).exists() and (repository := hub_name.repository(str(source))):
        progress(f"asking the hub for {repository}", 0, 0)
        with download.fetched(repository, target.parent, progress) as fetched:
            return _take(fetched, repository, target, slug, name, progress)
    return _take(Path(source), Path(source).name, target, slug, name, progress)


def _take(source: Path, origin: str, target: Path, slug: str, name: str, progress: Progress) -> Base:
    gguf = _gguf_of(source)
    model = None if gguf else folder.examine(source)
    new_bytes = gguf_file.size_in_bfloat16(gguf) if gguf else sum(model.files.values()) if model else 0
    target.parent.mkdir(parents=True, exist_ok=True)
    files.require_space(target.parent, new_bytes)
    with contextlib.suppress(FileExistsError), files.staged(target) as staging:
        if gguf:
            progress(f"converting {gguf.name}", 0, 0)
            gguf_file.convert(gguf, staging)
        elif model:
            _copy(model, staging, progress)
        progress(f"loading {name} once", 0, 0)
        card = _card(staging, slug, name, origin, "gguf" if gguf else "safetensors")
        files.write(staging / METADATA, msgspec.json.format(msgspec.json.encode(card), indent=2))
    progress(f"reading {name} back", 0, 0)
    return _describe(target, slug)


def _gguf_of(source: Path) -> Path | None:
    """The GGUF file that `source` is or, beside no other weights, holds."""
    if not source.exists():
        raise UserError(
            f"There is no model at {source}.", "Name a Hugging Face model folder, a .gguf file, or owner/name."
        )
    if source.is_file():
        if not gguf_file.is_gguf(source):
            raise UserError(f"{source} is not a GGUF file.", "Name a model folder or a .gguf file.")
        return source
    found = sorted(p for p in source.glob("*.gguf") if gguf_file.is_gguf(p))
    if not found or (source / folder.CONFIG).exists():
        return None
    if len(found) > 1:
        raise UserError(f"{source} holds {len(found)} GGUF files.", f"Name one of them, for example {found[0]}.")
    return found[0]


def _copy(model: folder.ModelFolder, staging: Path, progress: Progress) -> None:
    done, total = 0, sum(model.files.values())
    for name in model.files:

        def produce(sink: Callable[[bytes], object], path: Path = model.path / name) -> None:
            nonlocal done
            with path.open("rb") as stream:
                while piece := stream.read(PIECE):
                    sink(piece)
                    done += len(piece)
                    progress("copying the model", done, total)

        files.write_from(staging / name, produce)


def _card(staging: Path, slug: str, name: str, origin: str, kind: str) -> Card:
    """Load the model as training will and let it read a few tokens."""
    try:
        loaded = load_folder(staging, Device(torch.device("cpu"), "CPU", False, True, 1))
        _try(loaded)
    except (OSError, ValueError, LookupError, TypeError, RuntimeError, SafetensorError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise UserError(
            f"The model {name} cannot be loaded: {reason}.",
            "Take an intact copy of a causal language model that transformers knows.",
        ) from error
    card = Card(
        id=slug,
        name=name,
        source=origin,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        format=kind,
        architecture=type(loaded.model).__name__,
        parameters=loaded.parameters,
        context=loaded.context,
        files={p.relative_to(staging).as_posix(): p.stat().st_size for p in sorted(staging.rglob("*")) if p.is_file()},
        versions=library_versions(),
    )
    del loaded
    gc.collect()  # Windows renames no folder in which a file is still mapped
    return card


def _try(loaded: LoadedModel) -> None:
    ids = loaded.tokenizer.encode("The capital of France is", add_special_tokens=False)
    with torch.inference_mode():
        logits = loaded.model(input_ids=torch.tensor([ids])).logits
    if not loaded.eos_ids:
        raise ValueError("it names no token that ends an answer")
    if not bool(logits.isfinite().all()):
        raise ValueError("it answers with numbers that are not finite")


def _describe(target: Path, slug: str) -> Base:
    """Verify every byte, make the files read-only, and say what is there."""
    try:
        files.verify(target)
        card = msgspec.json.decode((target / METADATA).read_bytes(), type=Card)
    except (Damaged, OSError, msgspec.MsgspecError) as error:
        raise Damaged(
            f"The model folder {target} is not as it was written: {error}", "Move it away and add the model again."
        ) from error
    files.seal(target)
    return Base(
        slug=slug,
        path=str(target),
        sha256=hashlib.sha256((target / files.SUMS).read_bytes()).hexdigest(),
        name=card.name,
        source=card.source,
        parameters=card.parameters,
        context=card.context,
        bytes=sum(card.files.values()),
        added_at=card.created_at,
    )
