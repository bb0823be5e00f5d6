"""What one pass over the panel has found so far."""

from dataclasses import dataclass, field

import msgspec

from backend.domain.snapshot import LeftOut, Scored
from backend.engine.evolution.item import Item
from backend.evolution import match


@dataclass(frozen=True)
class Answer:
    """What the model said; `length` in tokens, its stop token not counted."""

    text: str
    length: int
    stopped: bool


@dataclass
class Found:
    """By example id. Whoever breaks the pass off keeps what is here."""

    losses: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    memory: set[str] = field(default_factory=set)
    """Examples for which memory did not suffice."""
    loss_seconds: float = 0.0
    answer_seconds: float = 0.0

    def scored(self, item: Item, step: int, otherwise: LeftOut) -> Scored:
        """The example at this step.

        Args:
            otherwise: why something is missing that neither memory nor the example itself explains.
        """
        facts, loss, answer = item.facts, self.losses.get(item.id), self.answers.get(item.id)
        missing = (loss is None and item.example is not None) or (answer is None and item.limit > 0)
        reason = LeftOut.MEMORY if item.id in self.memory else otherwise
        scored = msgspec.structs.replace(facts, step=step, loss=loss, left_out=reason if missing else facts.left_out)
        if answer is None:
            return scored
        return msgspec.structs.replace(
            scored,
            model_output=answer.text,
            exact_match=match.matches(answer.text, facts.expected_output),
            strict_match=answer.text in (facts.expected_output, item.taught),
            similarity=match.similarity(answer.text, facts.expected_output),
            output_length=answer.length,
            stopped=answer.stopped,
        )
