"""Where the engine computes: the torch device, what it can do, and how much memory the engine holds on it."""

import importlib.metadata
import platform
import sys
from dataclasses import dataclass
from typing import Any

import psutil
import torch

from backend.errors import WrongUse
from backend.settings import EngineSettings

LIBRARIES = ("torch", "transformers", "peft", "tokenizers", "safetensors")
BFLOAT16_UNITS = ("amx_bf16", "avx512_bf16", "bf16")
"""Processor features, as torch names them, with which a bfloat16 matrix product beats a float32 one."""


@dataclass(frozen=True)
class Device:
    """The chosen device. `words` is for people; `bfloat16` says whether matrix products in it are fast here."""

    torch: torch.device
    words: str
    accelerator: bool
    bfloat16: bool
    threads: int

    def memory_bytes(self) -> int:
        """GPU memory held by the engine where it trains on one, else its resident memory."""
        if self.torch.type == "cuda":
            return torch.cuda.memory_reserved(self.torch)
        if self.torch.type == "mps":
            return torch.mps.driver_allocated_memory()
        return int(psutil.Process().memory_info().rss)


def choose(settings: EngineSettings) -> Device:
    """The device that the settings name, or the best one here, made ready for use.

    Raises:
        WrongUse: the settings name a device that this machine does not have.
    """
    device = _torch_device(settings.device)
    threads = settings.threads or physical_cores()
    torch.set_num_threads(threads)
    _make_deterministic(device)
    return Device(
        torch=device,
        words=_words(device, threads),
        accelerator=device.type != "cpu",
        bfloat16=_has_bfloat16(device),
        threads=threads,
    )


def physical_cores() -> int:
    """Physical cores that this process may use."""
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    if sys.platform == "darwin":
        return cores
    return max(1, min(cores, len(psutil.Process().cpu_affinity() or [0])))


def library_versions() -> dict[str, str]:
    """Versions that decide whether two runs can agree to the bit."""
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    versions["torch"] = str(torch.__version__)
    return versions | {"python": platform.python_version()}


def _torch_device(name: str) -> torch.device:
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", 0)
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    kind, _, index = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or not (index.isdigit() or not index):
        raise WrongUse(f"There is no device named {name!r}.", "Set engine.device to auto, cpu, cuda, cuda:1 or mps.")
    counts = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    if int(index or 0) >= counts[kind]:
        raise WrongUse(
            f"The device {name} that the settings ask for is not here; torch {torch.__version__} sees "
            f"{counts[kind]} of the kind {kind}.",
            "Set engine.device to auto, or install the torch build for that hardware.",
        )
    return torch.device("cpu") if kind == "cpu" else torch.device(kind, int(index or 0))


def _has_bfloat16(device: torch.device) -> bool:
    """By the hardware's own word, never by a stopwatch: the answer must be the same at every start."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "mps" or sys.platform == "darwin":
        return False
    features = torch.cpu.get_capabilities()
    return any(features.get(unit) is True for unit in BFLOAT16_UNITS)


def _make_deterministic(device: torch.device) -> None:
    """Fixed algorithms where they cost nothing: always on the CPU; on CUDA the choice of convolutions only."""
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    if device.type == "cpu":
        torch.use_deterministic_algorithms(True)
        filling: Any = torch.utils.deterministic
        filling.fill_uninitialized_memory = False


def _words(device: torch.device, threads: int) -> str:
    if device.type == "cuda":
        memory = torch.cuda.get_device_properties(device).total_memory / 2**30
        return f"{torch.cuda.get_device_name(device)} ({memory:.0f} GB)"
    if device.type == "mps":
        return "Apple GPU"
    return f"CPU, {threads} {'thread' if threads == 1 else 'threads'}"
