"""The two places that backups lie in, and what lies where below each."""

import logging
from dataclasses import dataclass
from pathlib import Path

import msgspec

from backend import files
from backend.domain.backup import BackupType, Place
from backend.domain.version import Parent
from backend.paths import Home
from backend.settings import BackupSettings

log = logging.getLogger(__name__)
BASES = "bases"
FOLDERS = (BASES, *map(str, BackupType))
"""All that a root holds beside its trash."""
SHORT_HASH = 8


@dataclass(frozen=True)
class Root:
    """One folder of backups."""

    place: Place
    folder: Path
    trash: Path
    """Where its backups go, as a rule."""

    @property
    def bases(self) -> Path:
        """Each base model that a backup needs, once."""
        return self.folder / BASES

    def backup(self, path: str) -> Path:
        """`path` as the database has it: type/id."""
        return self.folder / path

    def base(self, parent: Parent) -> Path:
        return self.bases / f"{parent.base}-{parent.sha256[:SHORT_HASH]}"

    def of_type(self, backup_type: BackupType) -> Path:
        return self.folder / str(backup_type)


def home_root(home: Home) -> Root:
    return Root(Place.HOME, home.backups, home.trash)


def second_root(settings: BackupSettings) -> Root | None:
    """None where no second location is set."""
    if not settings.second_location:
        return None
    folder = Path(settings.second_location).expanduser()
    return Root(Place.SECOND, folder, folder / "trash")


def problem_of(home: Home, settings: BackupSettings) -> str:
    """Why the second location cannot be used now; empty where it can, or where none is set."""
    if not settings.second_location:
        return ""
    location = Path(settings.second_location).expanduser()
    if not location.is_absolute():
        return f"{location} is not a whole path."
    if not location.is_dir():
        return f"{location} is not there; is its disk connected?"
    if location.resolve().is_relative_to(home.root.resolve()):
        return f"{location} lies in the home itself; what happens to one happens to the other."
    if str(location) in _used(home) and not any((location / name).is_dir() for name in FOLDERS):
        return (
            f"{location} holds nothing of what was copied there; is its disk connected?"
            f" If it is a new disk, make the folder {BASES} in it."
        )
    return ""


def remember_used(home: Home, location: Path) -> None:
    """From now on this place is never without a folder of ours while its disk is there."""
    used = _used(home)
    if str(location) not in used:
        files.write(home.second_locations, msgspec.json.encode([*used, str(location)]))


def _used(home: Home) -> list[str]:
    try:
        return msgspec.json.decode(home.second_locations.read_bytes(), type=list[str])
    except FileNotFoundError:
        return []
    except (OSError, UnicodeError, msgspec.MsgspecError) as error:
        log.warning("%s cannot be read: %s", home.second_locations, error)
        return []
