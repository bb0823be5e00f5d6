"""The saved files as anyone would run them: plain transformers, nothing of ours in between."""

from pathlib import Path

from safetensors import SafetensorError

from backend.engine.consolidation import memory
from backend.engine.device import Device
from backend.engine.models.load import LoadedModel, load_saved
from backend.errors import UserError


def load(folder: Path, device: Device) -> LoadedModel:
    """Raises UserError: it does not load, or not here."""
    try:
        with memory.enough_to("load the merged model"):
            return load_saved(folder, device)
    except (ValueError, LookupError, TypeError, RuntimeError, SafetensorError) as error:
        raise UserError(f"The merged model does not load: {error}.", "Please report this.") from error
