"""Tags of versions: words by which people find them again. The versions themselves never change."""

import logging
import re

import msgspec

from backend import files
from backend.domain.version import VersionCard
from backend.errors import Damaged, WrongUse
from backend.paths import Home

log = logging.getLogger(__name__)
_FORM = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


def checked(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same tags, each once.

    Raises:
        WrongUse: one of them is no tag.
    """
    for word in words:
        if not _FORM.fullmatch(word):
            raise WrongUse(
                f"{word!r} cannot be a tag.",
                "A tag has at most 32 characters: small letters, digits, and . _ - between them.",
            )
    return tuple(dict.fromkeys(words))


def load(home: Home) -> dict[str, tuple[str, ...]]:
    """Present tags by the id of the version; a version that is not named has those of its card. Raises Damaged."""
    try:
        return msgspec.json.decode(home.version_tags.read_bytes(), type=dict[str, tuple[str, ...]])
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError, msgspec.DecodeError) as error:
        raise Damaged(
            f"{home.version_tags} cannot be read: {error}.",
            "Move it elsewhere; the first tags then hold.",
        ) from error


def of(home: Home, card: VersionCard) -> tuple[str, ...]:
    """Present tags of one version. Where the file is damaged, which `doctor` tells, those of its card hold."""
    try:
        return load(home).get(card.id, card.tags)
    except Damaged as error:
        log.warning("%s", error)
        return card.tags


def put(home: Home, version: str, words: tuple[str, ...]) -> None:
    """Remember the tags of one version durably. Raises Damaged where the file is no list of tags."""
    every = load(home) | {version: words}
    files.write(home.version_tags, msgspec.json.format(msgspec.json.encode(every), indent=1) + b"\n")
