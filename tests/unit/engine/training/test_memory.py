"""Tests that a failed allocation is recognised, and nothing else."""

import pytest
import torch

from backend.engine.training.memory import OutOfMemory, named


def test_a_real_failed_allocation_is_recognised() -> None:
    with pytest.raises(OutOfMemory), named():
        torch.empty(1 << 58, dtype=torch.uint8)


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory")])
def test_the_errors_made_for_it_are_recognised(error: Exception) -> None:
    with pytest.raises(OutOfMemory), named():
        raise error


def test_another_error_stays_itself() -> None:
    with pytest.raises(RuntimeError, match="size"), named():
        torch.zeros(2) @ torch.zeros(3)
