"""Fetches a model from the Hugging Face hub: the one place that uses the network, and only when asked for a model."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, HFValidationError, RepositoryNotFoundError

from backend import files
from backend.engine.models.folder import ALLOWED, INDEX
from backend.errors import UserError

WANTED = (*ALLOWED, INDEX, "model*.safetensors")
HTTP_FAILURES: tuple[Any, ...] = HfHubHTTPError.__bases__
"""The base of all errors of the HTTP library that this version of the hub's client is made on, and OSError."""
FAILURES: tuple[type[Exception], ...] = (*HTTP_FAILURES, OSError, HFValidationError)


@contextlib.contextmanager
def fetched(name: str, beside: Path, progress: Callable[[str, int, int], object]) -> Iterator[Path]:
    """A folder with the repository's allowed files; an interrupted download goes on where it ended.

    Raises:
        UserError: there is no such model, it is not open to everybody, or the hub cannot be reached.
        NoSpace: it does not fit.
    """
    folder = beside / f".download-{name.replace('/', '--')}"
    folder.mkdir(parents=True, exist_ok=True)
    endpoint = os.environ.get("HF_ENDPOINT") or None
    wanted = list(WANTED)
    try:
        with _online():
            plan = huggingface_hub.snapshot_download(
                name, local_dir=folder, allow_patterns=wanted, endpoint=endpoint, dry_run=True
            )
            total = sum(file.file_size or 0 for file in plan)
            files.require_space(beside, total * 2)
            progress(f"downloading {name}, {total:,} bytes", 0, 0)
            huggingface_hub.snapshot_download(name, local_dir=folder, allow_patterns=wanted, endpoint=endpoint)
    except FAILURES as error:
        raise _refused(name, error.__cause__ or error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _refused(name: str, error: BaseException) -> UserError:
    if isinstance(error, GatedRepoError):  # a kind of RepositoryNotFoundError, so it comes first
        return UserError(
            f"The model {name} is only given to people who accepted its terms on the hub.",
            "Accept them there and set HF_TOKEN, or take another model.",
        )
    if isinstance(error, RepositoryNotFoundError | HFValidationError):
        return UserError(f"The hub knows no model named {name}.", "Check the name: it reads owner/name.")
    reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return UserError(
        f"{name} could not be downloaded: {reason}.", "Check the network and try again; what came is kept."
    )


@contextlib.contextmanager
def _online() -> Iterator[None]:
    """The engine is offline but for the time of a requested download."""
    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = False
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
