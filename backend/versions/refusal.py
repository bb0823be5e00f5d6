"""Why a merge was refused, in words: what was measured, and what was asked of it."""

from backend.domain.version import Gate, GateTry
from backend.errors import ExitStatus, Refused, UserError
from backend.training.tasks import MergeRefused


def in_words(refused: MergeRefused) -> UserError:
    """The same error, with the figures of the gate where it was measured."""
    gate = refused.event.gate
    message = refused.message if gate is None else f"{refused.message} {figures(gate)}"
    if refused.exit_status is ExitStatus.REFUSED:
        return Refused(message, refused.hint)
    return UserError(message, refused.hint)


def figures(gate: Gate) -> str:
    """One sentence; losses in nats per token."""
    tries = "; ".join(_one(each) for each in gate.tries)
    return (
        f"Over {gate.tokens:,} tokens of {gate.examples} examples: base {gate.base_loss:.4f},"
        f" base + adapter {gate.adapter_loss:.4f}; merged {tries}."
    )


def _one(each: GateTry) -> str:
    kept = "" if each.kept is None else f", which keeps {100 * each.kept:.1f} % of what the adapter gained"
    return f"in {each.precision} {each.loss:.4f}{kept}"
