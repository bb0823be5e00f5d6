"""Which PyTorch is in an environment: its own or that of a GPU's maker."""

import runpy
from dataclasses import dataclass
from pathlib import Path

from bootstrap.places import Places
from bootstrap.problem import Problem

NONE_FOUND = "Install it there: {python} -m pip install torch"


@dataclass(frozen=True)
class Torch:
    """As torch/version.py says; `accelerator` is such as "CUDA 13.0", or empty for a CPU build."""

    version: str
    accelerator: str

    def __str__(self) -> str:
        return f"PyTorch {self.version} ({self.accelerator or 'CPU'})"


def torch_in(places: Places) -> Torch:
    """Read from the installed file; PyTorch itself is not imported.

    Raises:
        Problem: there is none.
    """
    found = [*places.venv.glob("lib/python*/site-packages/torch/version.py")]
    found += places.venv.glob("Lib/site-packages/torch/version.py")
    if not found:
        raise Problem(f"There is no PyTorch in {places.venv}.", NONE_FOUND.format(python=places.python))
    return described(found[0])


def described(version_file: Path) -> Torch:
    told = runpy.run_path(str(version_file))
    for name, maker in (("CUDA", "cuda"), ("ROCm", "hip"), ("XPU", "xpu")):
        if told.get(maker):
            return Torch(told["__version__"], f"{name} {told[maker]}")
    return Torch(told["__version__"], "")


def require_cpu(torch: Torch) -> None:
    """The ordinary package holds a CPU build: a CUDA one is gigabytes, which its owner has already.

    Raises:
        Problem: it is another one.
    """
    if torch.accelerator:
        raise Problem(
            f"The build environment got {torch}, and the ordinary package holds a CPU build.",
            "Delete build/venv and name with --torch-index where pip finds PyTorch's CPU builds (its own site tells "
            "that under Get Started); or bundle what .venv has, with --torch installed.",
        )
