"""Versions as rows, for tests that need no folder of them."""

from backend.domain.head import AdapterSettings
from backend.domain.version import Parent, TrainedJob, Version, VersionCard


def version(
    number: int,
    *,
    parent: str = "tiny",
    lineage: tuple[str, ...] = (),
    jobs: tuple[TrainedJob, ...] = (),
    adapter: AdapterSettings | None = None,
    created_at: str = "2026-03-01T09:30:00.125Z",
) -> Version:
    """The one of this number, made on the last of its lineage, or on `parent`."""
    name = f"v{number:03d}"
    above = lineage[-1] if lineage else None
    card = VersionCard(
        id=name,
        number=number,
        slug="made",
        description="",
        created_at=created_at,
        parent=Parent(base=above or parent, sha256="0" * 64, version=above),
        adapter=adapter or AdapterSettings(),
        checkpoint=number,
        total_steps=10 * number,
        jobs=jobs,
        lineage=lineage,
        name=name,
    )
    return Version(card=card, path=f"models/versions/{name}_20260301_093000_made", sums_sha256="1" * 64, bytes=100)
