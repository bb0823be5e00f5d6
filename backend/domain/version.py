"""A version: an immutable, complete model folder with the adapter that made it, its evolution and its lineage."""

import enum

import msgspec

from backend.domain.head import AdapterSettings
from backend.domain.job import JobSettings


class Precision(enum.StrEnum):
    """What the weights are saved in."""

    BASE = "base"
    """The precision of the base, and float32 where the merge gate asks for it (semantics.md 23)."""
    FLOAT32 = "float32"


class Condition(enum.StrEnum):
    """Where an artefact is. Rows stay for good, so that numbers never come twice."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    TRASH = "trash"
    GONE = "gone"


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """What a version's adapter was trained on: with it and `adapter/` the version can be made again."""

    base: str
    """Slug in the library; of a version its id."""
    sha256: str
    """SHA-256 of the base's SHA256SUMS."""
    name: str = ""
    version: str | None = None
    """The id where the base is a version."""


class TrainedJob(msgspec.Struct, frozen=True, kw_only=True):
    """One training that is in a version: what was trained, and how it went."""

    job: int
    name: str
    dataset: str
    """SHA-256 of the stored file."""
    rows: int
    steps: int
    settings: JobSettings
    loss: float | None = None
    """Last training loss, nats per supervised token."""
    heldout_first: float | None = None
    heldout_last: float | None = None
    evolution: str = ""
    """Folder below evolution/; empty where no snapshot was taken."""
    ended: bool = True
    """False where the job was only partly trained: stopped, skipped, or paused."""


class GateTry(msgspec.Struct, frozen=True, kw_only=True):
    """How one candidate did against base + adapter, exactly as trained (semantics.md 23). Losses in nats per token."""

    precision: str
    """For example bfloat16 or float32."""
    passed: bool
    loss: float
    """Of the saved files, run by plain transformers."""
    kept: float | None
    """Share of the adapter's gain that the merge keeps; None where the adapter gained nothing."""
    difference: float
    """Loss of the merge minus loss of base + adapter."""
    kl: float | None = None
    """Kullback-Leibler divergence from base + adapter to the merge, nats per token; recorded, not decisive."""
    equal_top: float | None = None
    """Share of tokens with the same likeliest next token; recorded, not decisive."""


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What the merge was measured by."""

    base_loss: float
    adapter_loss: float
    tokens: int
    """Supervised tokens of panel and held-out rows."""
    examples: int
    tries: tuple[GateTry, ...]
    """The last one is what was decided on."""
    question: str = ""
    answer: str = ""
    """The saved files' own answer, generated once as a load test."""
    adapter_answer: str = ""
    """What base + adapter answered."""

    @property
    def passed(self) -> bool:
        return bool(self.tries) and self.tries[-1].passed


class FileEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an artefact."""

    bytes: int
    sha256: str


class VersionCard(msgspec.Struct, frozen=True, kw_only=True):
    """metadata.json of a version. `name` to `context` are also what makes its folder a base of the library."""

    kind: str = "version"
    id: str
    """v001."""
    number: int
    slug: str
    description: str
    created_at: str
    """UTC, ISO 8601."""
    parent: Parent
    adapter: AdapterSettings
    checkpoint: int
    """Number of the checkpoint whose adapter was merged."""
    total_steps: int
    """Optimizer steps of the head when it was made, over all jobs since the first base."""
    jobs: tuple[TrainedJob, ...]
    """Since the parent, in the order in which they were trained."""
    lineage: tuple[str, ...] = ()
    """Ids of all versions that it descends from, oldest first."""
    tags: tuple[str, ...] = ()
    """Given when it was made; present ones stand in tags.json."""
    precision: str = ""
    """What its weights are saved in, for example bfloat16."""
    gate: Gate | None = None
    name: str = ""
    source: str = ""
    architecture: str = ""
    parameters: int = 0
    context: int = 0
    libraries: dict[str, str] = {}
    restored_from: str = ""
    """The backup that it was made from, where it was."""
    files: dict[str, FileEntry] = {}
    """Every file but this one and SHA256SUMS."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version as the database knows it."""

    card: VersionCard
    path: str
    """Relative to the home folder, with forward slashes."""
    sums_sha256: str
    """SHA-256 of the folder's SHA256SUMS file."""
    bytes: int
    tags: tuple[str, ...] = ()
    condition: Condition = Condition.WHOLE
    verified_at: str | None = None
    """When every byte was last read back and matched."""

    @property
    def id(self) -> str:
        return self.card.id
