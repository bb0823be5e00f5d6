"""At the start of a host: the rows of versions and their folders are made to agree, and `latest` is written again."""

import contextlib
from pathlib import Path

import msgspec

from backend import files
from backend.domain.version import Condition
from backend.errors import Damaged, NoSpace
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.host import Notice
from backend.store.store import Store
from backend.versions import latest, reading_back, records, tags


def look(home: Home, store: Store, outbox: Outbox) -> None:
    """A moved home leads its versions' bases to where they are now; a version without a folder is damaged, and told."""
    _take_in_tags(home, store)
    for version in store.versions.all():
        base = store.bases.find(version.id)
        if base is None or base.path != str(home.root / version.path):
            with store.atomic():
                records.put(home, store, version)
        if version.condition is Condition.WHOLE and not (home.root / version.path / files.SUMS).is_file():
            with store.atomic():
                store.versions.put(msgspec.structs.replace(version, condition=Condition.DAMAGED))
                store.journal.add("damaged", None, f"the folder of {version.id} is missing")
            text = f"The folder of {version.id} is missing: {Path(home.root, version.path)}."
            outbox.tell(Notice(level="error", text=text, hint=reading_back.remedy(store, version)))
    with contextlib.suppress(NoSpace, OSError):  # derived, and written again after the next change
        latest.show(home, store)


def _take_in_tags(home: Home, store: Store) -> None:
    """The file of tags holds: a host that died behind it wrote no row."""
    with contextlib.suppress(Damaged):
        present = tags.load(home)
        for version in store.versions.all():
            if present.get(version.id, version.tags) != version.tags:
                with store.atomic():
                    store.versions.put(msgspec.structs.replace(version, tags=present[version.id]))
