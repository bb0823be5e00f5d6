"""The head: what is trained now, a base model plus an adapter (or none yet)."""

from typing import Annotated

import msgspec


class AdapterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shape of the head's LoRA adapter, chosen when it is created (Hu et al. 2021, arXiv:2106.09685)."""

    r: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=4096,
            description="Rank of a new head's adapter: the larger, the more it can learn and the more memory it takes.",
        ),
    ] = 16
    alpha: Annotated[
        float, msgspec.Meta(gt=0, le=1e6, description="Weight of a new head's adapter, used as alpha / r.")
    ] = 32.0
    targets: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            min_length=1,
            description="Names of the projections that get an adapter; 'all-linear' means all but the output head.",
        ),
    ] = ("all-linear",)


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A base model in the library: a complete Hugging Face folder whose files are hashed."""

    slug: str
    path: str
    sha256: str
    """SHA-256 over the folder's SHA256SUMS."""
    name: str = ""
    source: str = ""
    parameters: int = 0
    context: int = 0
    bytes: int = 0
    added_at: str = ""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A verified checkpoint folder. `id` is the sequence number that orders all checkpoints of a home."""

    id: int
    job: int
    segment: int
    step: int
    path: str
    """Relative to the home folder, with forward slashes."""
    sums_sha256: str
    """SHA-256 of the folder's SHA256SUMS file."""
    reason: str
    """Why it was taken: interval, pause, stop, skip, save, end, out-of-memory, pipe-closed."""
    loss: float | None = None
    created_at: str = ""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Base and adapter in training. Without a checkpoint the adapter does not exist yet."""

    base: str | None = None
    """Slug of the base in the library."""
    adapter: AdapterSettings = AdapterSettings()
    checkpoint: Checkpoint | None = None
    total_steps: int = 0
    """Optimizer steps since the base was chosen, over all jobs."""
