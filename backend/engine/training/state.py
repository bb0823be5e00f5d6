"""What a checkpoint says of itself: the trainer's state, and the card that every artefact folder carries."""

import msgspec

from backend.domain.head import AdapterSettings
from backend.domain.job import JobSettings
from backend.engine.training.fingerprint import Fingerprint
from backend.engine.training.ledger import Mark

FORMAT = 1


class TrainerState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """trainer_state.json. The step is the data position: it and the stored order name every row seen and to come."""

    format: int = FORMAT
    job: int
    segment: int
    step: int
    total_steps: int
    epoch: float
    token_budget: int
    fingerprint: Fingerprint
    ledger: Mark
    rewarm_from: int | None = None
    """First step of the last continuation, from which the schedule rose again."""
    loss: float | None = None
    heldout_loss: float | None = None
    seconds: float = 0.0
    """Training time of the job so far."""


class BaseReference(msgspec.Struct, frozen=True, kw_only=True):
    slug: str
    sha256: str


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """metadata.json, for people and for rebuilding the database. `files` covers all but itself and SHA256SUMS."""

    kind: str = "checkpoint"
    id: int
    created_at: str
    parent: str | None
    """Path of the checkpoint whose adapter this segment began with."""
    base: BaseReference
    adapter: AdapterSettings
    job: int
    name: str
    dataset: str
    segment: int
    step: int
    total_steps: int
    head_steps: int
    """Optimizer steps of the head over all jobs."""
    reason: str
    loss: float | None
    heldout_loss: float | None
    settings: JobSettings
    libraries: dict[str, str]
    files: dict[str, str]
