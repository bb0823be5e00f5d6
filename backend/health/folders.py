"""Checks of folders with sums of their own: one for all that are whole, one more for each that is not."""

from collections.abc import Iterator
from pathlib import Path

from backend import files
from backend.errors import UserError
from backend.health.check import Check, Watch, fault_of


def folders(what: str, listed: list[tuple[str, Path, str]], watch: Watch) -> Iterator[Check]:
    """Every byte is read back.

    Args:
        listed: name for people, folder, and SHA-256 of its SHA256SUMS as it was recorded.
    """
    whole = 0
    for name, path, sums_sha256 in listed:
        try:
            files.verify(path, sums_sha256, heed=watch(name))
            whole += 1
        except UserError as error:
            yield fault_of(name, error)
    yield Check(name=what, ok=True, text=f"{whole} of {len(listed)} verified, every byte read back")
