"""Held-out loss of a trained adapter by plain transformers and PEFT in float32: `... judge WORK ADAPTER`."""

import sys
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from tests.benchmarks.work import Work, read


@torch.no_grad()
def main(source: str, adapter: str) -> None:
    """Prints the mean loss per supervised token; without an adapter ("none") that of the base."""
    work = read(source, Work)
    maker: Any = AutoModelForCausalLM
    model: Any = maker.from_pretrained(work.base.path, dtype=torch.float32)
    model = model if adapter == "none" else PeftModel.from_pretrained(model, adapter)
    model.eval()
    total, tokens = 0.0, 0
    for ids, mask in work.heldout:
        given = torch.tensor([ids])
        labels = torch.where(torch.tensor([mask]), given, -100)
        supervised = int((labels[:, 1:] != -100).sum())
        total += model(input_ids=given, labels=labels).loss.item() * supervised
        tokens += supervised
    print(total / tokens)


if __name__ == "__main__":
    main(*sys.argv[1:])
