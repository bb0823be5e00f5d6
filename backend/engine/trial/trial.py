"""Loads a base, or a base with its adapter, by transformers and PEFT alone, and has it answer."""

import time
from pathlib import Path
from typing import Any

import psutil
import torch
from peft import PeftModel
from safetensors import SafetensorError
from torch import nn

from backend.engine.device import Device, physical_cores
from backend.engine.models import generate
from backend.engine.models.load import LoadedModel, load_saved
from backend.engine.training.memory import OutOfMemory, named
from backend.errors import UserError
from backend.protocol.trial import TrialOrder, Tried

MARGIN = 1.1
"""Memory that is needed for each byte of the model."""
TROUBLES = (OSError, ValueError, LookupError, TypeError, RuntimeError, SafetensorError)
"""What the libraries raise where a folder is no whole model."""


def attempt(order: TrialOrder) -> Tried:
    """Load and answer once, on the CPU, in the precision of the files.

    Raises:
        UserError: it does not load, its numbers are not finite, or memory does not suffice.
    """
    begun = time.monotonic()
    base = Path(order.base)
    require_memory(base, psutil.virtual_memory().available)
    try:
        with named():
            answer = _answer(base, order)
    except OutOfMemory as error:
        raise _no_memory(f"it ran out ({error})") from error
    except TROUBLES as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        what = f"the adapter in {order.adapter} on {base}" if order.adapter else f"the model in {base}"
        raise UserError(f"Loading {what} failed: {reason}.", "Take another copy of it.") from error
    return Tried(answer=answer, seconds=time.monotonic() - begun)


def require_memory(base: Path, available: int) -> None:
    """Raises UserError where the model would take all memory that is left, and what else runs with it."""
    needed = int(sum(path.stat().st_size for path in base.glob("*.safetensors")) * MARGIN)
    if available < needed:
        raise _no_memory(f"{needed:,} bytes are needed and {available:,} are free")


def _answer(base: Path, order: TrialOrder) -> str:
    threads = physical_cores()
    torch.set_num_threads(threads)
    found = load_saved(base, Device(torch.device("cpu"), "CPU", False, False, threads))
    model: Any = found.model
    if order.adapter is not None:
        model = PeftModel.from_pretrained(model, order.adapter)
        model.eval()
    _require_finite(model, found, order.question)
    asked = [[{"role": "user", "content": order.question}]]
    (answer,) = generate.answer(
        model, found.tokenizer, found.eos_ids, asked, order.max_new_tokens, context=found.context
    )
    return answer


def _require_finite(model: nn.Module, found: LoadedModel, text: str) -> None:
    ids = found.tokenizer.encode(text, add_special_tokens=False)
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([ids])).logits
    if not bool(logits.isfinite().all()):
        raise ValueError("it answers with numbers that are not finite")


def _no_memory(why: str) -> UserError:
    return UserError(
        f"Memory does not suffice to load the model: {why}.",
        "Close other programs, or pause training for longer so that the engine lets go, and verify again.",
    )
