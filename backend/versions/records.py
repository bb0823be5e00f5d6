"""A version in the database: its row, and the row that makes it a base of the library."""

from backend.domain.head import Base
from backend.domain.version import Version
from backend.paths import Home
from backend.store.store import Store


def as_base(home: Home, version: Version) -> Base:
    """The version as a model that a head can be made of; its slug is its id."""
    card = version.card
    return Base(
        slug=card.id,
        path=str(home.root / version.path),
        sha256=version.sums_sha256,
        name=card.name or card.id,
        source=card.source,
        parameters=card.parameters,
        context=card.context,
        bytes=version.bytes,
        added_at=card.created_at,
    )


def put(home: Home, store: Store, version: Version) -> Base:
    """Remember it as a version and as a base; the caller commits."""
    base = as_base(home, version)
    store.versions.put(version)
    store.bases.put(base)
    return base
