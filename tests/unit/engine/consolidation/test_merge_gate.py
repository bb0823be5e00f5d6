"""What passes the merge gate: 95 % of the gain, or so near that nobody sees it (semantics.md 23)."""

import math

import msgspec
import pytest

from backend.domain.version import Gate, GateTry
from backend.engine.consolidation.gate import UNMEASURABLE, GateRefused, judge, require_finite
from backend.errors import UserError


@pytest.mark.parametrize(
    ("base", "adapter", "merged", "kept", "passed"),
    [
        (3.0, 2.0, 2.0, 1.0, True),
        (3.0, 2.0, 2.049, 0.951, True),
        (3.0, 2.0, 2.051, 0.949, False),
        (3.0, 2.0, 1.9, 1.1, True),
        (2.01, 2.0, 2.0049, 0.51, True),
        (2.01, 2.0, 2.0051, 0.49, False),
        (2.0, 2.0, 2.004, None, True),
        (2.0, 2.1, 2.0, None, False),
        (2.0, 2.1, 2.104, None, True),
    ],
)
def test_the_line_between_passed_and_not(
    base: float, adapter: float, merged: float, kept: float | None, passed: bool
) -> None:
    one = judge("bfloat16", base, adapter, merged)
    assert one.passed is passed
    assert one.kept == (pytest.approx(kept) if kept is not None else None)
    assert one.difference == pytest.approx(merged - adapter)


@pytest.mark.parametrize("merged", [math.nan, math.inf])
def test_a_loss_that_is_no_number_fails_and_can_be_stored(merged: float) -> None:
    one = judge("float16", 3.0, 2.0, merged, math.nan, 0.5)
    assert not one.passed
    assert msgspec.json.decode(msgspec.json.encode(one), type=GateTry) == one
    assert one.loss == UNMEASURABLE


def test_a_refusal_says_all_figures() -> None:
    tries = (judge("bfloat16", 3.0, 2.0, 2.5), judge("float32", 3.0, 2.0, math.nan))
    error = GateRefused(Gate(base_loss=3.0, adapter_loss=2.0, tokens=10, examples=2, tries=tries))
    for words in ("bfloat16 its loss is 2.5000 and keeps 50%", "float32 it gives numbers", "3.0000", "2.0000"):
        assert words in error.message


def test_nothing_is_merged_that_gives_no_figures() -> None:
    require_finite(1.0, 2.0)
    with pytest.raises(UserError, match="not finite"):
        require_finite(1.0, math.nan)
