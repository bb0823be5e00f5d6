"""Evolution as programs speak of it: runs, examples, and figures by step."""

import msgspec

from backend.domain.snapshot import LeftOut, Reason, Source, Summary


class EvolutionRun(msgspec.Struct, frozen=True, kw_only=True):
    """One training of one dataset, from its first snapshot to its last."""

    id: int
    folder: str
    """Its name below data/evolution_snapshots, by which people and the HTTP API call it."""
    job: int
    dataset: str
    """SHA-256 of the stored file."""
    dataset_name: str
    base: str
    begun_at: str
    total_steps: int
    steps: tuple[int, ...]
    """Steps with a snapshot."""
    first: Summary | None
    last: Summary | None
    ended: bool
    """Whether analysis.json is written."""


class PanelExample(msgspec.Struct, frozen=True, kw_only=True):
    """What stays the same about an example over a run."""

    example_id: str
    input: str
    expected_output: str
    source: Source
    pinned: bool
    heldout: bool
    dataset: str
    line: int
    length: int
    """Tokens of the row."""
    expected_length: int


class StepFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One snapshot without its texts. Figures stand in the order of the run's examples; later ones may be missing."""

    step: int
    taken_at: str
    reason: Reason
    head_steps: int
    summary: Summary
    losses: tuple[float | None, ...]
    similarities: tuple[float | None, ...]
    right: tuple[bool | None, ...]


class AnswerAt(msgspec.Struct, frozen=True, kw_only=True):
    """One example's answer at one step."""

    step: int
    answer: str | None
    loss: float | None
    similarity: float | None
    right: bool | None
    stopped: bool | None
    left_out: LeftOut | None = None
    """Why something is missing."""


class Worse(msgspec.Struct, frozen=True, kw_only=True):
    """An example that the forgetting guard found worse than before the job."""

    example_id: str
    input: str
    before: float
    """Nats, as it was last scored before."""
    after: float


class GuardedPanel(msgspec.Struct, frozen=True, kw_only=True):
    """The pinned examples (`run` empty), or the panel of an earlier run, before and after the job."""

    run: str
    dataset_name: str
    examples: int
    scored: int
    """Of those, how many the budget allowed."""
    before: float | None
    """Mean loss of the scored ones, nats."""
    after: float | None
    worse: tuple[Worse, ...]


class Forgetting(msgspec.Struct, frozen=True, kw_only=True):
    """forgetting.json: what the guard found after a job."""

    run: str
    job: int
    step: int
    taken_at: str
    seconds: float
    panels: tuple[GuardedPanel, ...]
