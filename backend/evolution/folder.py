"""The folder of one run: its name, its snapshots, and reading them."""

import re
from collections.abc import Iterator
from pathlib import Path

from backend.clock import in_names
from backend.domain.snapshot import Snapshot
from backend.evolution.snapshot import decoded, file_name, step_of

NAME = re.compile(r"[a-z0-9-]{1,60}_[0-9]{8}_[0-9]{6}(-[0-9]{1,4})?")
"""dataset-hash8_YYYYMMDD_HHMMSS, with a number where two would have one name. Never made of more than a slug."""
_SLUG = re.compile(r"[^a-z0-9]+")


def name_of(dataset_name: str, dataset: str, began: str, taken: set[str]) -> str:
    """A name for a new run.

    Args:
        dataset: SHA-256 of the stored file.
        began: UTC, ISO 8601.
        taken: names that are in use.
    """
    slug = _SLUG.sub("-", dataset_name.removesuffix(".jsonl").lower()).strip("-")[:40].strip("-") or "dataset"
    plain = f"{slug}-{dataset[:8]}_{in_names(began)}"
    numbered = (plain, *(f"{plain}-{number}" for number in range(2, 10_000)))
    return next(name for name in numbered if name not in taken)


def steps(folder: Path) -> dict[int, Path]:
    """The snapshots in it by step, in order of steps."""
    if not folder.is_dir():
        return {}
    found = {step: path for path in folder.iterdir() if (step := step_of(path.name)) is not None and path.is_file()}
    return dict(sorted(found.items()))


def read(path: Path) -> Snapshot:
    """Raises Damaged; OSError where the file cannot be read."""
    return decoded(path.read_bytes(), path)


def snapshots(folder: Path) -> Iterator[Snapshot]:
    """In order of steps. Raises Damaged."""
    for path in steps(folder).values():
        yield read(path)


def place(folder: Path, step: int) -> Path:
    """Where the snapshot of this step lies, or would."""
    return folder / file_name(step)


def begun_at(name: str) -> str:
    """When the run began, as its folder's name says: UTC, ISO 8601. Raises ValueError for other names."""
    if not NAME.fullmatch(name):
        raise ValueError(name)
    day, time = re.findall(r"_([0-9]{8})_([0-9]{6})", name)[0]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}.000Z"


def runs(root: Path) -> list[Path]:
    """The folders of runs, in the order in which they began."""
    if not root.is_dir():
        return []
    found = [path for path in root.iterdir() if NAME.fullmatch(path.name) and path.is_dir()]
    return sorted(found, key=lambda path: (begun_at(path.name), path.name))
