"""Which parts of a backup go to which place in the home; each under the name and the number that it had."""

from dataclasses import dataclass
from pathlib import Path

from backend.backup import folder as backup_folder
from backend.backup.root import SHORT_HASH, Root
from backend.domain.backup import Backup, Subject
from backend.domain.version import Parent
from backend.errors import Refused
from backend.paths import Home
from backend.store.store import Store
from backend.versions import folder as version_folder


@dataclass(frozen=True)
class Part:
    """One folder that is to be whole in its place."""

    source: Path
    sums_sha256: str
    place: Path
    kind: str
    """version, base, checkpoint or daily."""
    of: str
    """Id, slug, number or day."""
    is_known: bool = False
    """Whether the library has a row of just this base."""


def parts_of(home: Home, store: Store, root: Root, backup: Backup) -> list[Part]:
    """In the order in which they are brought. None of them for evolution, whose files come one by one.

    Raises:
        Refused: the database knows something else under the same number.
    """
    card = backup.card
    content = root.backup(backup.path) / backup_folder.CONTENT
    found = [] if card.base is None else [_model(home, store, root.base(card.base), card.base)]
    match card.subject:
        case Subject.HEAD | Subject.CHECKPOINT:
            found.append(_checkpoint(home, store, backup, content))
        case Subject.DAILY:
            found.append(Part(content, card.content_sha256, home.daily(card.of), "daily", card.of))
        case Subject.VERSION:
            parent = Parent(base=card.of, sha256=card.content_sha256, version=card.of)
            found.append(_model(home, store, content, parent))
        case Subject.BASE:
            found.append(_model(home, store, content, Parent(base=card.of, sha256=card.content_sha256)))
        case Subject.EVOLUTION:
            pass
    return found


def slug_of(parts: list[Part]) -> str | None:
    """Of the model that a head is to stand on."""
    return next((part.of for part in parts if part.kind in ("base", "version")), None)


def _model(home: Home, store: Store, source: Path, parent: Parent) -> Part:
    if parent.version is not None:
        known = store.versions.find(parent.version)
        if known is not None and known.sums_sha256 != parent.sha256:
            raise Refused(
                f"{parent.version} is another model in this home, and nothing is put over it.",
                "Look at `espalier version list`.",
            )
        place = home.versions / _version_name(source) if known is None else home.root / known.path
        return Part(source, parent.sha256, place, "version", parent.version)
    base = store.bases.find(parent.base)
    if base is not None and base.sha256 == parent.sha256:
        return Part(source, parent.sha256, home.root / base.path, "base", base.slug, is_known=True)
    short = parent.sha256[:SHORT_HASH]
    slug = parent.base if base is None else f"{parent.base}-{short}"
    return Part(source, parent.sha256, home.bases / f"{parent.base}-{short}", "base", slug)


def _version_name(source: Path) -> str:
    card = version_folder.card_of(source)
    return version_folder.name_of(card.number, card.created_at, card.slug)


def _checkpoint(home: Home, store: Store, backup: Backup, content: Path) -> Part:
    card = backup.card
    point = None if card.head is None else card.head.checkpoint
    number = int(card.of) if point is None else point.id
    known = store.checkpoints.get(number).checkpoint if store.checkpoints.known(number) else point
    if known is None or known.sums_sha256 != card.content_sha256:
        raise Refused(
            f"The database does not know checkpoint {number} as this backup holds it.",
            f"`espalier doctor --rebuild` makes the database anew; the files are in {content}.",
        )
    if store.jobs.find(known.job) is None:
        raise Refused(
            f"The database does not know job {known.job}, whose training this is.",
            "`espalier doctor --rebuild` brings it back from its folder.",
        )
    return Part(content, card.content_sha256, home.root / known.path, "checkpoint", str(number))
