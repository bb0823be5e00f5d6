"""Where everything lies below one home folder; no other module spells a path inside it."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from backend import files
from backend.errors import WrongUse

HOME_VARIABLE = "ESPALIER_HOME"
INBOX_PRIORITY = "priority"
INBOX_TAKEN = "taken"
INBOX_REFUSED = "refused"
INBOX_README = "README.txt"


@dataclass(frozen=True)
class Home:
    """One home folder. Properties name places; only `create` makes folders."""

    root: Path

    @classmethod
    def locate(cls, base_dir: Path | None = None) -> "Home":
        """`base_dir`, else $ESPALIER_HOME, else the platform's user data folder."""
        if base_dir is not None:
            return cls(base_dir.expanduser().absolute())
        if chosen := os.environ.get(HOME_VARIABLE):
            return cls(Path(chosen).expanduser().absolute())
        return cls(default_home())

    @property
    def database(self) -> Path:
        return self.root / "espalier.db"

    @property
    def config(self) -> Path:
        return self.root / "config.toml"

    @property
    def host_lock(self) -> Path:
        return self.root / "espalier.lock"

    @property
    def engine_lock(self) -> Path:
        return self.root / "engine.lock"

    @property
    def window_lock(self) -> Path:
        """Held by the one window of this home."""
        return self.root / "window.lock"

    @property
    def window_settings(self) -> Path:
        """Geometry, columns and theme of the window."""
        return self.root / "window.ini"

    @property
    def host_card(self) -> Path:
        """Address and key of the running host, readable by the owner alone."""
        return self.root / "host.json"

    @property
    def head_card(self) -> Path:
        return self.root / "head.json"

    @property
    def control(self) -> Path:
        return self.root / "control"

    @property
    def state(self) -> Path:
        return self.control / "state.json"

    @property
    def refused_signals(self) -> Path:
        """What lay there under the name of a signal file and was none."""
        return self.control / "refused"

    @property
    def engine_card(self) -> Path:
        """Process id and start time of the last engine, so that a new host can recognise an orphan."""
        return self.control / "engine.json"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def inbox_taken(self) -> Path:
        """Files of the inbox that were queued."""
        return self.inbox / INBOX_TAKEN

    @property
    def inbox_refused(self) -> Path:
        """Files of the inbox that could not be queued, each with a note of the reason."""
        return self.inbox / INBOX_REFUSED

    @property
    def inbox_readme(self) -> Path:
        return self.inbox / INBOX_README

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def current_model(self) -> Path:
        return self.root / "current_model"

    @property
    def bases(self) -> Path:
        return self.root / "models" / "base"

    @property
    def versions(self) -> Path:
        return self.root / "models" / "versions"

    @property
    def latest_version(self) -> Path:
        """A link to the newest version; a folder with its path in a file where links do not exist."""
        return self.versions / "latest"

    @property
    def version_tags(self) -> Path:
        """Present tags by id; the versions themselves never change."""
        return self.versions / "tags.json"

    @property
    def version_counter(self) -> Path:
        """The highest number that was ever given, so that none comes twice even after the database is lost."""
        return self.versions / "last_number.txt"

    @property
    def backups(self) -> Path:
        """The first backup root: one folder for each type of backup, and bases/."""
        return self.root / "models" / "backups"

    @property
    def second_locations(self) -> Path:
        """Where else backups were ever copied to, so that an empty folder is not taken for a disk that is away."""
        return self.backups / "second_locations.json"

    @property
    def token_cache(self) -> Path:
        return self.root / "data" / "tokens"

    @property
    def evolution(self) -> Path:
        """One folder for each run, with a file for each snapshot."""
        return self.root / "data" / "evolution_snapshots"

    @property
    def pins(self) -> Path:
        """The examples that follow the model across datasets."""
        return self.root / "data" / "evolution_pins.json"

    @property
    def cards(self) -> Path:
        """What the database knows and no folder tells, for the day on which the database is lost."""
        return self.root / "data" / "cards"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def snapshots(self) -> Path:
        """Daily snapshots of the head."""
        return self.root / "snapshots"

    @property
    def space_reserve(self) -> Path:
        """Bytes that are let go when the disk is full, so that what was trained can still be saved."""
        return self.root / "space.reserve"

    @property
    def trash(self) -> Path:
        return self.root / "trash"

    def signal(self, name: str) -> Path:
        """A file that pauses, resumes, stops or skips, as soon as it is there."""
        return self.control / f".{name}"

    def daily(self, day: str) -> Path:
        return self.snapshots / day

    def dataset(self, sha256: str) -> Path:
        return self.datasets / f"{sha256}.jsonl"

    def run(self, job: int) -> Path:
        return self.runs / f"{job:06d}"

    def job_card(self, job: int) -> Path:
        return self.run(job) / "job.json"

    def checkpoints(self, job: int) -> Path:
        return self.run(job) / "checkpoints"

    def ledger(self, job: int) -> Path:
        return self.run(job) / "ledger.jsonl"

    def create(self) -> None:
        """Make the home and its folders, readable by the owner alone.

        Raises:
            WrongUse: there can be no such folder, or it may not be written.
        """
        try:
            self._create()
        except OSError as error:
            raise WrongUse(
                f"{self.root} cannot be the home folder: {error.strerror}.", "Choose another with --base-dir."
            ) from error

    def _create(self) -> None:
        files.make_folder(self.root)
        self.root.chmod(0o700)
        for folder in (
            self.control,
            self.inbox / INBOX_PRIORITY,
            self.datasets,
            self.runs,
            self.bases,
            self.token_cache,
            self.evolution,
            self.logs,
            self.trash,
            self.versions,
            self.backups,
        ):
            files.make_folder(folder)


def default_home() -> Path:
    """The platform's user data folder for Espalier; the starter model lies here once for all homes."""
    return Path(platformdirs.user_data_dir("espalier", appauthor=False))


def starter_folder() -> Path:
    """The starter model as a Hugging Face folder, shared by every home of this user."""
    return default_home() / "models" / "base" / "starter-smollm2-135m-instruct"
