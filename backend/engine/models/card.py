"""metadata.json of a base model folder: what it is, where it came from, and every file with its size."""

import msgspec

METADATA = "metadata.json"


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
