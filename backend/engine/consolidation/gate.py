"""The merge gate's judgement: whether the saved files are what was trained (semantics.md 23)."""

import math
import sys

from backend.domain.version import Gate, GateTry
from backend.errors import Refused, UserError

LEAST_KEPT = 0.95
"""Share of the adapter's gain in loss."""
NEAR = 0.005
"""Nats per token that the merge may lie off, whatever the gain is: no one sees them in an answer."""
UNMEASURABLE = sys.float_info.max
"""Stands for a loss that is no finite number, which JSON cannot say."""


def judge(
    precision: str, base: float, adapter: float, merged: float, kl: float | None = None, equal_top: float | None = None
) -> GateTry:
    """One candidate. Losses in nats per supervised token, those of base and adapter finite."""
    if not math.isfinite(merged):
        return GateTry(precision=precision, passed=False, loss=UNMEASURABLE, kept=None, difference=UNMEASURABLE)
    gain, difference = base - adapter, merged - adapter
    kept = (base - merged) / gain if gain > 0 else None
    return GateTry(
        precision=precision,
        passed=abs(difference) <= NEAR or (kept is not None and kept >= LEAST_KEPT),
        loss=merged,
        kept=kept,
        difference=difference,
        kl=_finite(kl),
        equal_top=_finite(equal_top),
    )


def require_finite(*losses: float) -> None:
    """Raises UserError where what was trained gives no figures to compare with."""
    if not all(math.isfinite(loss) for loss in losses):
        raise UserError(
            "Base or adapter give numbers that are not finite, so there is nothing to merge.",
            "Undo the last training, or restore a version.",
        )


class GateRefused(Refused):
    """No candidate is what was trained; `gate` has the figures."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(
            f"The merged model is not what was trained: {'; '.join(_words(gate, one) for one in gate.tries)}. "
            f"Base + adapter have {gate.adapter_loss:.4f}, the base alone {gate.base_loss:.4f} nats per token.",
            "Nothing was changed, the adapter goes on as it is. Run `espalier doctor`, and report these figures.",
        )
        self.gate = gate


def _words(gate: Gate, one: GateTry) -> str:
    if one.loss == UNMEASURABLE:
        return f"saved in {one.precision} it gives numbers that are not finite"
    kept = f" and keeps {one.kept:.0%} of the gain" if one.kept is not None else ""
    return f"saved in {one.precision} its loss is {one.loss:.4f}{kept}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
