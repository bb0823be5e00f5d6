"""On the real starter model the loss is that of a plain float32 loop without any of our means, step by step."""

from pathlib import Path
from typing import Any

import msgspec
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from backend.domain.head import AdapterSettings, Base
from backend.domain.job import JobSettings
from backend.engine.models import adapter
from backend.paths import Home
from backend.protocol.engine import Metric
from backend.settings import EngineSettings
from tests.drivers.segments import Job

STEPS = 20
ROWS_PER_STEP = 4
ROWS = Path(__file__).parents[1] / "data" / "gsm8k_short.jsonl"
"""The 80 shortest training rows of openai/grade-school-math (MIT)."""
SYSTEM = "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
TOLERANCE = 0.01


def plain_losses(
    base: Base, steps: list[list[dict[str, Any]]], rates: list[float], settings: JobSettings
) -> list[float]:
    """Plain transformers and PEFT in float32: one row at a time, transformers' loss, torch's AdamW."""
    maker: Any = AutoModelForCausalLM
    tokenizer: Any = AutoTokenizer.from_pretrained(base.path)
    model: Any = adapter.attach(
        maker.from_pretrained(base.path, dtype=torch.float32),
        AdapterSettings(),
        0.0,
        settings.seed,
        torch.device("cpu"),
    )
    weights = [parameter for name, parameter in model.named_parameters() if "lora_" in name]
    optimizer = torch.optim.AdamW(weights, weight_decay=0.0)
    losses = []
    for rows, rate in zip(steps, rates, strict=True):
        batch = [tokens_of(tokenizer, row["messages"]) for row in rows]
        supervised = sum(int((labels[:, 1:] != -100).sum()) for _, labels in batch)
        total = 0.0
        for ids, labels in batch:
            loss = model(input_ids=ids, labels=labels).loss * int((labels[:, 1:] != -100).sum()) / supervised
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(weights, settings.max_grad_norm)
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
        optimizer.zero_grad()
        losses.append(total)
    return losses


def tokens_of(tokenizer: Any, messages: list[dict[str, str]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and labels, written out by hand for this model's template."""
    question, answer = (message["content"] for message in messages)
    prompt = tokenizer(f"{SYSTEM}<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n")["input_ids"]
    target = tokenizer(f"{answer}<|im_end|>")["input_ids"]
    return torch.tensor([prompt + target]), torch.tensor([[-100] * len(prompt) + target])


def test_twenty_steps_agree_with_a_plain_float32_loop(tmp_path: Path, starter_base: Base) -> None:
    rows = [msgspec.json.decode(line) for line in ROWS.read_bytes().splitlines()]
    home = Home(tmp_path / "own-home")
    home.create()
    job = Job(home, starter_base, rows, rows_per_step=ROWS_PER_STEP, learning_rate=2e-4, heldout_share=0.0)
    command = job.command(adapter=AdapterSettings(), engine=EngineSettings(device="cpu", low_priority_on_cpu=False))
    told = job.train(command)
    ours = [metric.loss for metric in told.of(Metric)]
    rates = [metric.learning_rate for metric in told.of(Metric)]
    samples = [[rows[line - 1] for line in entry.samples] for entry in job.entries()]
    plain = plain_losses(starter_base, samples, rates, job.settings)
    assert len(ours) == STEPS
    off = [abs(mine / theirs - 1) for mine, theirs in zip(ours, plain, strict=True)]
    assert max(off) < TOLERANCE, off
