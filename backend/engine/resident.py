"""The base model that stays loaded from task to task; adapters always come from disk."""

from backend.domain.head import Base
from backend.engine.device import Device
from backend.engine.models.load import LoadedModel, load_base


class Resident:
    """At most one base in memory."""

    def __init__(self) -> None:
        self._base: Base | None = None
        self._loaded: LoadedModel | None = None

    def base(self, base: Base, device: Device) -> LoadedModel:
        """The base on the device, without any adapter."""
        if self._loaded is not None and (self._base, self._loaded.device) == (base, device):
            return self._loaded
        self.forget()
        self._loaded = load_base(base, device)
        self._base = base
        return self._loaded

    def forget(self) -> None:
        """Free the memory before another model is loaded, or when the model may not be as it was."""
        self._base = self._loaded = None
