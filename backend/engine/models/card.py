"""metadata.json of a base model folder: what it is, where it came from, and every file with its size."""

import msgspec

from backend.domain.version import FileEntry

METADATA = "metadata.json"
VERSION = "version"
FLOAT32 = "float32"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """Identity card of a base. Its own name and SHA256SUMS are not among `files`."""

    kind: str = "base"
    id: str
    name: str
    source: str
    """File or folder name that it was made from, or owner/name on the hub."""
    created_at: str
    """UTC, ISO 8601."""
    format: str
    """safetensors or gguf: what the source held."""
    architecture: str
    parameters: int
    context: int
    files: dict[str, int]
    """Size in bytes by name."""
    versions: dict[str, str] = {}
    """Library versions at the time of the import."""


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What loading looks at in metadata.json, be it of a base that was added or of a version."""

    kind: str
    files: dict[str, int | FileEntry]
    precision: str = ""

    @property
    def needs_float32(self) -> bool:
        """A version is saved in float32 because rounding would lose what was learned: so it trains in float32 too."""
        return self.kind == VERSION and self.precision == FLOAT32

    def sizes(self) -> dict[str, int]:
        """Bytes by name."""
        return {name: found if isinstance(found, int) else found.bytes for name, found in self.files.items()}
