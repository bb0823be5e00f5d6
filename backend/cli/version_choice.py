"""Which version somebody means: by its id, its number, `latest`, `head`, or a tag that it alone has."""

from typing import Any

from backend.domain.version import Version
from backend.errors import WrongUse
from backend.paths import Home
from backend.protocol.keeping import VersionsReply
from backend.records import fields

VERSION_HELP = "Its id (v001), its number, `latest`, `head` for the one the head stands on, or a tag that it alone has."


def find_version(reply: VersionsReply, wanted: str) -> Version:
    """Raises WrongUse where there is none, or several have the tag."""
    name = {"latest": reply.latest, "head": reply.head}.get(wanted, wanted)
    number = (name or "").removeprefix("v")
    for version in reply.versions:
        if version.id == name or (number.isascii() and number.isdecimal() and int(number) == version.card.number):
            return version
    tagged = [version for version in reply.versions if wanted in version.tags]
    if len(tagged) > 1:
        ids = ", ".join(version.id for version in tagged)
        raise WrongUse(f"{ids} all have the tag {wanted!r}.", "Name one of them.")
    if tagged:
        return tagged[0]
    if wanted == "head" and reply.versions:
        raise WrongUse("The head stands on no version.", "`espalier head show` tells on what it stands.")
    raise WrongUse(f"There is no version {wanted!r}.", "`espalier version list` shows them all.")


def version_row(home: Home, reply: VersionsReply, version: Version) -> dict[str, Any]:
    """A version as JSON: its card, and what the database knows of it."""
    return {
        **fields(version.card),
        "tags": list(version.tags),
        "path": str(home.root / version.path),
        "bytes": version.bytes,
        "sums_sha256": version.sums_sha256,
        "condition": str(version.condition),
        "verified_at": version.verified_at,
        "is_latest": version.id == reply.latest,
        "is_head": version.id == reply.head,
    }
