"""Between a program and the child that loads a model once for it: one order in, one result out, each a line of JSON."""

import msgspec

from backend.protocol.message import Message


class TrialOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What to load, on the CPU and without the engine's lock. Folders are absolute and were verified before."""

    base: str
    adapter: str | None = None
    """A folder that PEFT reads; None tries the base alone."""
    question: str = "What is the capital of France?"
    max_new_tokens: int = 16


class Tried(Message, frozen=True, kw_only=True):
    """It loads, its numbers are finite, and it answered."""

    answer: str
    seconds: float


class TrialFailed(Message, frozen=True, kw_only=True):
    """It does not load, or not here."""

    message: str
    hint: str = ""


TrialEvent = Tried | TrialFailed
