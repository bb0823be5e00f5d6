"""Random numbers: one seed for each optimizer step, and the generators' states as tensors."""

import hashlib

import torch


def seed_step(seed: int, step: int) -> None:
    """Seed every generator from (seed, step): what ran before, an evaluation or a probe, cannot disturb the step."""
    digest = hashlib.blake2b(f"{seed}/{step}".encode(), digest_size=8).digest()
    torch.manual_seed(int.from_bytes(digest, "little") >> 1)


def states() -> dict[str, torch.Tensor]:
    """States of the CPU generator and of each CUDA device's."""
    found = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        found |= {f"cuda.{index}": state for index, state in enumerate(torch.cuda.get_rng_state_all())}
    return found


def restore(states: dict[str, torch.Tensor]) -> None:
    """Set the generators that this machine has; a step seeds them anyway before it draws."""
    torch.set_rng_state(states["cpu"])
    for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        if (state := states.get(f"cuda.{index}")) is not None:
            torch.cuda.set_rng_state(state, index)
