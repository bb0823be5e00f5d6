"""Recognise that memory ran out, whichever allocator says so, and say it in one kind of error."""

import contextlib
from collections.abc import Iterator

import torch

ALLOCATOR_WORDS = (
    "can't allocate memory",
    "cannot allocate memory",
    "not enough memory",
    "out of memory",
    "could not create a primitive",
    "could not create a memory",
)
"""torch's CPU and MPS allocators and oneDNN raise a bare RuntimeError: their words are the only sign."""


class OutOfMemory(Exception):
    """Not enough memory for a forward and backward pass."""


@contextlib.contextmanager
def named() -> Iterator[None]:
    """Turn every allocation failure inside into OutOfMemory."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise OutOfMemory(str(error)) from error
    except RuntimeError as error:
        if any(words in str(error).lower() for words in ALLOCATOR_WORDS):
            raise OutOfMemory(str(error)) from error
        raise
