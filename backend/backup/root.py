"""The two places that backups lie in, and what lies where below each."""

from dataclasses import dataclass
from pathlib import Path

from backend.domain.backup import BackupType, Place
from backend.domain.version import Parent
from backend.paths import Home
from backend.settings import BackupSettings

BASES = "bases"
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


def problem_of(settings: BackupSettings) -> str:
    """Why the second location cannot be used now; empty where it can, or where none is set."""
    if not settings.second_location:
        return ""
    location = Path(settings.second_location).expanduser()
    if not location.is_absolute():
        return f"{location} is not a whole path."
    if not location.is_dir():
        return f"{location} is not there; is its disk connected?"
    return ""
