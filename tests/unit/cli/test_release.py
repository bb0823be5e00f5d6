"""A pause says when the memory is free."""

import pytest

from backend.cli.release import memory_words
from backend.domain.status import Status


@pytest.mark.parametrize(
    ("status", "minutes", "text"),
    [
        (Status(), 2.0, "memory freed in 2 min"),
        (Status(accelerator=True), 2.0, "GPU freed in 2 min"),
        (Status(accelerator=True), 0.0, "GPU is free"),
        (Status(accelerator=False), 0.5, "memory freed in 30 s"),
        (Status(), 1.5, "memory freed in 1 min 30 s"),
        (Status(), 120.0, "memory freed in 2 h"),
        (Status(), 20.0, "memory freed in 20 min"),
        (Status(engine_released=True), 2.0, "memory is free"),
    ],
)
def test_it_is_said_in_the_shortest_words(status: Status, minutes: float, text: str) -> None:
    assert memory_words(status, minutes) == text
