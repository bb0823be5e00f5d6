"""Adds base models to the library and finds them there (semantics.md 21)."""

import logging
import re
import secrets
import shutil
from pathlib import Path

import msgspec

from backend import files
from backend.domain.head import Base
from backend.domain.version import Condition
from backend.errors import Damaged, UserError, WrongUse
from backend.library import hub_name
from backend.library.folder import content_of, describe
from backend.outbox import Outbox
from backend.paths import Home, starter_folder
from backend.protocol.engine import ImportModel
from backend.protocol.host import ModelAdded
from backend.starter import NAME, find_gguf
from backend.starter import SLUG as STARTER_FOLDER
from backend.store.store import Store

log = logging.getLogger(__name__)
STARTER = "starter"
INCOMING = ".incoming-"


VERSION_ID = re.compile(r"v[0-9]{3,9}")
"""What only a version is called."""
THERE = (Condition.WHOLE, Condition.DAMAGED)


class Shelf:
    """The models that a head can be made of."""

    def __init__(self, home: Home, store: Store, outbox: Outbox) -> None:
        self._home = home
        self._store = store
        self._outbox = outbox

    def all(self) -> tuple[Base, ...]:
        return usable(self._store)

    def get(self, slug: str) -> Base:
        """Raises WrongUse for an unknown model, and for a version that was deleted."""
        version = self._store.versions.find(slug)
        if version is not None and version.condition not in THERE:
            raise WrongUse(
                f"{slug} was deleted.",
                "Bring it back from the trash (`espalier trash list`) or from a backup (`espalier backup list`).",
            )
        return self._store.bases.get(STARTER if slug == STARTER_FOLDER else slug)

    def take_starter(self) -> Base | None:
        """Register the starter where this user's copy is there and sound; it is shared by all homes."""
        known = self._store.bases.find(STARTER)
        folder = starter_folder()
        if known is not None and known.path == str(folder) and (folder / files.SUMS).exists():
            return known
        if not (folder / files.SUMS).exists():
            return None
        try:
            base = describe(folder, STARTER)
        except Damaged as error:
            log.warning("The starter model is not used: %s", error)
            return None
        self._put(base)
        return base

    def request(self, source: str, name: str) -> ImportModel:
        """What the engine is to import, and where to.

        Raises:
            UserError: there is no such folder or file, or the starter model is not installed.
        """
        if source == STARTER:
            return ImportModel(source=str(find_gguf()), target=str(starter_folder()), slug=STARTER, name=NAME)
        path = Path(source).expanduser().absolute()
        hub = None if path.exists() else hub_name.repository(source)
        if hub is None and not path.exists():
            hint = "Name a Hugging Face model folder, a .gguf file, or owner/name on the hub."
            raise WrongUse(f"There is no model at {path}.", hint)
        if self._home.bases in path.parents:
            raise WrongUse(f"{path} is in the library already.", "`espalier model list` shows it.")
        slug = self._free_slug(slug_of(name or path.stem or "model"))
        target = self._home.bases / f"{INCOMING}{slug}-{secrets.token_hex(4)}"
        return ImportModel(source=hub or str(path), target=str(target), slug=slug, name=name or path.stem)

    def imported(self, base: Base) -> Base:
        """Give an imported folder its place, named by its content, and register it. Raises UserError."""
        folder = Path(base.path)
        if folder.name.startswith(INCOMING):
            twin = self._twin(folder)
            place = self._home.bases / f"{base.slug}-{base.sha256[:8]}"
            if twin is not None:
                shutil.rmtree(folder)
                self._outbox.tell(ModelAdded(base=twin))
                return twin
            if place.exists():
                raise UserError(
                    f"{place} is in the way of the new model.", "Move it elsewhere and add the model again."
                )
            files.move(folder, place)
            base = msgspec.structs.replace(base, path=str(place))
        self._put(base)
        return base

    def _put(self, base: Base) -> None:
        with self._store.atomic():
            self._store.bases.put(base)
            self._store.journal.add("model added", None, base.slug)
        self._outbox.tell(ModelAdded(base=base))

    def _twin(self, folder: Path) -> Base | None:
        """A model of the library with the same files; only when it was added differs."""
        wanted = content_of(folder)
        return next((base for base in self._store.bases.all() if content_of(Path(base.path)) == wanted), None)

    def _free_slug(self, slug: str) -> str:
        number, free = 1, slug
        while free == STARTER or VERSION_ID.fullmatch(free) or self._store.bases.find(free) is not None:
            number += 1
            free = f"{slug}-{number}"
        return free


def usable(store: Store) -> tuple[Base, ...]:
    """The models that a head can be made of: deleted versions are none, though their rows stay."""
    away = {version.id for version in store.versions.ever() if version.condition not in THERE}
    return tuple(base for base in store.bases.all() if base.slug not in away)


def slug_of(name: str) -> str:
    """Lower-case letters, digits and single hyphens: what users say never becomes a path as it is."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "model"
