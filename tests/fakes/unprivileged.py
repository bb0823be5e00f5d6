"""A user without rights over others' files, for tests of rights: for root no rights count."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

NOBODY = 65534


@contextlib.contextmanager
def unprivileged() -> Iterator[Path]:
    """A folder of that user, who this process is inside."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if sys.platform == "win32" or os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)
