"""Which rows make up which optimizer step: a seeded permutation for each epoch, stored with the run."""

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path

import msgspec

from backend import files

FILE_NAME = "order.json"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Row indices of the token set in training order, one tuple for each epoch."""

    rows_per_step: int
    epochs: tuple[tuple[int, ...], ...]

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(len(self.epochs[0]) / self.rows_per_step)

    @property
    def total_steps(self) -> int:
        return self.steps_per_epoch * len(self.epochs)

    def rows_of(self, step: int) -> tuple[int, ...]:
        """The rows of one step, counted from 0. An epoch's last step may be smaller; no step spans two epochs."""
        epoch, within = divmod(step, self.steps_per_epoch)
        first = within * self.rows_per_step
        return self.epochs[epoch][first : first + self.rows_per_step]

    def epoch_at(self, step: int) -> float:
        """Epochs done after `step` steps, by rows."""
        epoch, within = divmod(step, self.steps_per_epoch)
        return epoch + min(within * self.rows_per_step / len(self.epochs[0]), 1.0)

    def fits(self, rows: Sequence[int], epochs: int, rows_per_step: int) -> bool:
        """Whether this is an order of these rows with these settings."""
        shape = (len(self.epochs), self.rows_per_step) == (epochs, rows_per_step)
        return shape and all(sorted(epoch) == sorted(rows) for epoch in self.epochs)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def shuffled(rows: Sequence[int], seed: int, epochs: int, rows_per_step: int) -> Order:
    """Every row once an epoch, in an order that depends on the seed and the epoch alone."""
    return Order(
        rows_per_step=rows_per_step, epochs=tuple(_permutation(rows, f"{seed}/{epoch}") for epoch in range(epochs))
    )


def _permutation(rows: Sequence[int], salt: str) -> tuple[int, ...]:
    """Sorted by hash, so that no library's generator can change the order under a waiting job."""
    return tuple(sorted(rows, key=lambda row: hashlib.blake2b(f"{salt}/{row}".encode(), digest_size=16).digest()))


def store(order: Order, run_folder: Path) -> None:
    """Write the order where the run lies, before its first step."""
    files.make_folder(run_folder)
    files.write(run_folder / FILE_NAME, msgspec.json.encode(order))


def load(run_folder: Path, fingerprint: str) -> Order | None:
    """The stored order with this fingerprint; None where there is none, so that it has to be made again."""
    path = run_folder / FILE_NAME
    try:
        order = msgspec.json.decode(path.read_bytes(), type=Order)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return order if order.fingerprint == fingerprint else None
