"""Run by a Python that the user named: says whether it can run the engine. Standard library until that is known.

Its order comes on standard input, its report goes to standard output, each one line of JSON (backend/runtime/). Before
it loads anything it reports so far: a library that ends the process while it loads leaves that as the last line.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import os
import platform
import re
import sys
from typing import Any

log = logging.getLogger(__name__)
OLDEST = (3, 11)


def main() -> None:
    needs: list[dict[str, str]] = json.loads(sys.stdin.readline())
    outlet = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no report
    report = looked(needs)
    with os.fdopen(outlet, "wb") as out:
        if not report.get("too_old") and not report["lacks"]:
            out.write(line(report | {"loading": True}))
            out.flush()
            report |= loaded()
        out.write(line(report))


def line(report: dict[str, Any]) -> bytes:
    return json.dumps(report).encode() + b"\n"


def looked(needs: list[dict[str, str]]) -> dict[str, Any]:
    """The report as backend/runtime/report.py reads it, as far as that goes without loading anything."""
    report: dict[str, Any] = {"python": sys.executable, "version": platform.python_version()}
    if sys.version_info < OLDEST:
        return {**report, "too_old": True}
    found = [(need, installed(need["name"])) for need in needs]
    report["libraries"] = [{"name": need["name"], "version": version} for need, version in found if version]
    report["lacks"] = [
        {"name": need["name"], "spec": need["spec"], "found": version}
        for need, version in found
        if not version or release(version) < release(need["floor"])
    ]
    return report


def loaded() -> dict[str, Any]:
    """What loading everything shows: the devices, or why it does not load."""
    try:
        load()
        return {"devices": devices()}
    except Exception as error:
        log.exception("The engine's parts do not load.")
        return {"broken": f"{type(error).__name__}: {error}".strip().splitlines()[-1]}


def installed(name: str) -> str:
    """Its version; empty where it is not installed."""
    try:
        return importlib.metadata.version(name) or ""
    except importlib.metadata.PackageNotFoundError:
        return ""


def release(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with, without zeros at the end: 2.10.0+rocm6.4 is (2, 10)."""
    begin = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(part) for part in begin.group().split(".")] if begin else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def load() -> None:
    """Import what engine, preview and trial import, what they import late included. Raises what that raises."""
    import gguf
    import huggingface_hub
    import peft
    import rapidfuzz
    import tokenizers

    import backend.engine.models.download
    import backend.engine.models.gguf_file
    import backend.engine.preview.__main__
    import backend.engine.session
    import backend.engine.trial.__main__

    del gguf, huggingface_hub, peft, rapidfuzz, tokenizers, backend


def devices() -> list[dict[str, Any]]:
    """Everything that can train, each tried with one sum: a PyTorch may see a card that it was not built for."""
    import torch

    seen: list[dict[str, Any]] = []
    if torch.cuda.is_available():
        kind = "rocm" if torch.version.hip else "cuda"
        for index in range(torch.cuda.device_count()):
            card = torch.cuda.get_device_properties(index)
            trouble = trouble_with(f"cuda:{index}")
            seen.append({"kind": kind, "name": card.name, "memory": card.total_memory, "trouble": trouble})
    if torch.backends.mps.is_available():
        seen.append({"kind": "mps", "name": "Apple GPU", "trouble": trouble_with("mps")})
    seen.append({"kind": "cpu", "name": platform.processor() or platform.machine()})
    return seen


def trouble_with(device: str) -> str:
    """Why it cannot add; empty where it can."""
    import torch

    try:
        return "" if torch.ones(2, device=device).sum().item() == 2 else "it cannot add"
    except RuntimeError as error:
        return str(error).splitlines()[0]


if __name__ == "__main__":
    main()
