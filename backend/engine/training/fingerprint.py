"""What a run is made of: hard parts must be the same to resume, soft ones only end bit-exactness (semantics.md 4)."""

import msgspec

from backend.engine.device import Device, library_versions
from backend.engine.training import optimizer
from backend.errors import UserError
from backend.protocol.engine import Train

HEAD_PARTS = ("base", "adapter")


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """Names of parts with their values."""

    hard: dict[str, str]
    soft: dict[str, str]

    def require(self, now: dict[str, str], moved: bool) -> None:
        """Refuse to go on from a checkpoint that was made of other hard parts.

        Args:
            now: the hard parts of the run as it would be now.
            moved: whether the head has moved since, so that base and adapter may be others.

        Raises:
            Mismatch: names the first part that differs.
        """
        for name, value in now.items():
            if self.hard.get(name) != value and not (moved and name in HEAD_PARTS):
                raise Mismatch(name, self.hard.get(name, "none"), value)

    def soft_changes(self, now: dict[str, str]) -> tuple[str, ...]:
        """In words, what makes the rest of the run no longer bit-exact."""
        return tuple(
            f"{name}: {self.soft.get(name, 'none')} → {value}"
            for name, value in now.items()
            if self.soft.get(name) != value
        )


class Mismatch(UserError):
    """The run is not the one that the checkpoint belongs to; an older checkpoint would not help."""

    def __init__(self, part: str, before: str, now: str) -> None:
        super().__init__(
            f"The job was begun with another {part} ({before[:40]}, now {now[:40]}).",
            "Set it back, or remove the job and queue the file again.",
        )
        self.part = part


def hard_parts(command: Train, token_rows: str, order: str) -> dict[str, str]:
    """What must be the same. Learning rate and schedule are not here: a waiting job may be edited."""
    adapter = command.adapter
    return {
        "dataset": command.dataset,
        "number of epochs": str(command.settings.epochs),
        "number of rows a step": str(command.settings.rows_per_step),
        "tokenisation": token_rows,
        "order": order,
        "optimizer": optimizer.KIND,
        "base": command.base.sha256,
        "adapter": f"r {adapter.r}, alpha {float(adapter.alpha)}, {' '.join(sorted(adapter.targets))}",
    }


def soft_parts(command: Train, token_budget: int, device: Device) -> dict[str, str]:
    """What only decides whether the same numbers come out to the bit."""
    settings = command.settings
    return {
        "token budget": str(token_budget),
        "device": device.torch.type,
        "bfloat16": str(device.bfloat16),
        "threads": str(device.threads),
        "learning rate": repr(settings.learning_rate),
        "schedule": str(settings.schedule),
        "warm-up": repr(settings.warmup),
        "dropout": repr(settings.dropout),
        "weight decay": repr(settings.weight_decay),
        "gradient norm": repr(settings.max_grad_norm),
    } | library_versions()
