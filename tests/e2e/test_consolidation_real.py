"""With the starter model: three small steps need float32, and the version answers anywhere as base + adapter do."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backend.domain.head import Base
from backend.paths import Home
from tests.drivers.merging import merge_here, merge_of
from tests.drivers.segments import Job

ANSWERING = """
import json, sys, warnings
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

warnings.simplefilter("ignore")
version, base, adapter, question = sys.argv[1:]


def answer(model):
    tokenizer = AutoTokenizer.from_pretrained(version)
    ids = tokenizer.apply_chat_template(
        [{"role": "user", "content": question}], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    said = model.generate(**ids, max_new_tokens=16, do_sample=False)
    return tokenizer.decode(said[0, ids["input_ids"].shape[1] :], skip_special_tokens=True)


merged = AutoModelForCausalLM.from_pretrained(version, dtype="auto")
plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
alone = answer(plain)
adapted = PeftModel.from_pretrained(plain, adapter)
print(json.dumps([str(merged.dtype), answer(merged), answer(adapted), alone]))
"""
"""A program that knows nothing of ours."""


def test_a_version_of_three_small_steps(starter_base: Base, home: Home, sample_rows: Callable[[int], Any]) -> None:
    job = Job(home, starter_base, sample_rows(12), rows_per_step=4, epochs=1, learning_rate=1e-3)
    adapter = Path(job.train(job.command()).saved[-1].path)
    merged = merge_here(merge_of(job, adapter))
    gate = merged.card.gate
    assert gate is not None
    assert [(one.precision, one.passed) for one in gate.tries] == [("bfloat16", False), ("float32", True)]
    assert gate.adapter_loss < gate.base_loss
    arguments = [merged.path, starter_base.path, str(adapter), gate.question]
    done = subprocess.run([sys.executable, "-c", ANSWERING, *arguments], check=True, capture_output=True, text=True)
    precision, version, base_and_adapter, base = json.loads(done.stdout.splitlines()[-1])
    assert precision == "torch.float32"
    assert version == base_and_adapter
    assert version != base
