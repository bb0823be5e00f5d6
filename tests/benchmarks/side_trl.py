"""The other side: TRL's SFTTrainer with its defaults, given the same tokens and masks in the same order."""

import importlib
import sys
from pathlib import Path
from typing import Any

import torch

from tests.benchmarks.work import Clock, Done, Work, peak_bytes, read, write


def main(source: str, target: str) -> None:
    work = read(source, Work)
    torch.set_num_threads(work.threads)
    folder = Path(target).with_suffix("")
    clock = Clock()
    trainer = trainer_of(work, folder, clock)
    trainer.train()
    trainer.save_model(str(folder / "adapter"))
    done = Done(
        supervised=supervised_of_steps(trainer, work.settings.rows_per_step),
        losses=tuple(entry["loss"] for entry in trainer.state.log_history if "loss" in entry),
        seconds_after_first_step=clock.seconds_after_first_step,
        peak_bytes=peak_bytes(),
        adapter=str(folder / "adapter"),
    )
    write(target, done)


def trainer_of(work: Work, folder: Path, clock: Clock) -> Any:
    """Its defaults, but for what the work says and for what makes the steps comparable: order, logging, no saving."""
    datasets, peft, transformers, trl = map(importlib.import_module, ("datasets", "peft", "transformers", "trl"))
    settings = work.settings
    arguments = trl.SFTConfig(
        output_dir=str(folder),
        learning_rate=settings.learning_rate,
        per_device_train_batch_size=settings.rows_per_step,
        num_train_epochs=settings.epochs,
        completion_only_loss=True,
        use_cpu=not torch.cuda.is_available(),
        train_sampling_strategy="sequential",
        logging_steps=1,
        save_strategy="no",
        disable_tqdm=True,
    )
    rows = [{"input_ids": list(ids), "completion_mask": [int(flag) for flag in mask]} for ids, mask in work.sequences]
    return trl.SFTTrainer(
        model=work.base.path,
        args=arguments,
        train_dataset=datasets.Dataset.from_list(rows),
        processing_class=transformers.AutoTokenizer.from_pretrained(work.base.path),
        peft_config=peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"),
        callbacks=[
            type("Watch", (transformers.TrainerCallback,), {"on_step_end": lambda *_, **__: clock.step_ended()})()
        ],
    )


def supervised_of_steps(trainer: Any, rows_per_step: int) -> tuple[int, ...]:
    """What TRL's own collator makes of its own data set."""
    rows = list(trainer.train_dataset)
    steps = [rows[first : first + rows_per_step] for first in range(0, len(rows), rows_per_step)]
    return tuple(int((trainer.data_collator(step)["labels"][:, 1:] != -100).sum()) for step in steps)


if __name__ == "__main__":
    main(*sys.argv[1:])
