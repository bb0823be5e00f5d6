"""What the merge gate measured, in words for people (semantics.md 23)."""

from backend.cli import words
from backend.datasets.visible import visible
from backend.domain.version import Gate, GateTry


def gate_lines(gate: Gate) -> list[str]:
    """A line for what was measured, one for each precision that was tried, and the answer of the saved files."""
    on = f"{words.counted(gate.tokens, 'supervised token')} of {words.counted(gate.examples, 'example')}"
    lines = [f"loss on {on}: {words.loss(gate.base_loss)} before, {words.loss(gate.adapter_loss)} with the adapter"]
    lines += [try_in_words(one) for one in gate.tries]
    if gate.question:
        lines.append(f"asked {visible(gate.question)!r} it answers {visible(gate.answer)!r}")
        same = gate.answer == gate.adapter_answer
        lines.append(f"as the adapter did: {'the same' if same else repr(visible(gate.adapter_answer))}")
    return lines


def try_in_words(one: GateTry) -> str:
    """For example: bfloat16: loss 0.131, keeps 99.8 % of the gain: good enough."""
    kept = "there was no gain to keep" if one.kept is None else f"keeps {one.kept:.1%} of the gain".replace("%", " %")
    off = f"{one.difference:+.4f} nats"
    extra = "".join(
        f", {name} {value}"
        for name, value in (
            ("KL", None if one.kl is None else f"{one.kl:.4f}"),
            ("same next token", None if one.equal_top is None else f"{one.equal_top:.1%}".replace("%", " %")),
        )
        if value is not None
    )
    verdict = "good enough" if one.passed else "not good enough"
    return f"{one.precision}: loss {words.loss(one.loss)} ({off}), {kept}: {verdict}{extra}"
