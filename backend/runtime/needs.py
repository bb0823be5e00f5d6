"""What a Python has to have installed before it can run the engine, with the versions that this program asks for."""

import functools
import importlib.metadata
import re

import msgspec

NEEDED = (
    "torch",
    "transformers",
    "peft",
    "safetensors",
    "tokenizers",
    "jinja2",
    "gguf",
    "huggingface_hub",
    "numpy",
    "msgspec",
    "tomlkit",
    "platformdirs",
    "psutil",
    "rapidfuzz",
)
"""Distributions that the children import. The window's own and the database's are not among them."""
_WRITTEN = re.compile(r"^([A-Za-z0-9._-]+)\s*(.*?)\s*$")
_FLOOR = re.compile(r">=\s*([0-9.]+)")


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One distribution. `spec` is how pip is asked for it; an empty `floor` takes any version."""

    name: str
    spec: str
    floor: str = ""


@functools.cache
def needs() -> tuple[Need, ...]:
    """In the order of NEEDED, with the floors of this program's own metadata."""
    asked: dict[str, str] = {}
    for line in importlib.metadata.requires("espalier") or ():
        if ";" not in line and (found := _WRITTEN.match(line)):
            asked[found[1].lower()] = found[2].replace(" ", "")
    return tuple(_need(name, asked[name]) for name in NEEDED)


def _need(name: str, bounds: str) -> Need:
    floor = _FLOOR.search(bounds)
    return Need(name=name, spec=f"{name}{bounds}", floor=floor[1] if floor else "")
