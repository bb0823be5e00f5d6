"""What follows a change of the versions once it is stored: the name `latest`, and the word to everybody."""

import logging

from backend.errors import NoSpace
from backend.protocol.keeping import VersionsChanged
from backend.versions import latest
from backend.versions.parts import Parts

log = logging.getLogger(__name__)


def changed(parts: Parts) -> None:
    """A disk without room for `latest` undoes nothing: it is written again at the next start."""
    try:
        latest.show(parts.home, parts.store)
    except (NoSpace, OSError) as error:
        log.error("`latest` could not be written: %s", error)
    parts.outbox.tell(VersionsChanged())
