"""The saved files as anyone would run them: plain transformers, nothing of ours in between."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from safetensors import SafetensorError

from backend.engine.device import Device
from backend.engine.models.load import LoadedModel, load_saved
from backend.engine.training.memory import OutOfMemory, named
from backend.errors import UserError


@contextlib.contextmanager
def loaded(folder: Path, device: Device) -> Iterator[LoadedModel]:
    """The model while the block runs.

    Raises:
        UserError: it does not load, or not here.
    """
    found: LoadedModel | None = None
    try:
        with named():
            found = load_saved(folder, device)
        yield found
    except OutOfMemory as error:
        raise UserError(
            f"Memory does not suffice to load the merged model: {error}.", "Close other programs and try again."
        ) from error
    except (ValueError, LookupError, TypeError, RuntimeError, SafetensorError) as error:
        if found is not None:
            raise
        raise UserError(f"The merged model does not load: {error}.", "Please report this.") from error
