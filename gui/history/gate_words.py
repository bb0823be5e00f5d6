"""The merge gate in plain words: how much of what was learned the saved files keep."""

from PySide6.QtCore import QCoreApplication

from backend.domain.version import Gate, GateTry
from gui import format as text
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "gate"


def verdict(gate: Gate) -> str:
    """For example: Keeps 99.2 % of what was learned; bfloat16 kept only 26.0 %, so float32 was taken."""
    if not gate.tries:
        return _tr(QT_TRANSLATE_NOOP("gate", "Not measured."))
    last = gate.tries[-1]
    if not gate.passed:
        return _tr(QT_TRANSLATE_NOOP("gate", "Not accepted: {kept}.")).format(kept=_kept(last))
    if len(gate.tries) == 1:
        return f"{_capital(_kept(last))}."
    words = _tr(QT_TRANSLATE_NOOP("gate", "{kept}; {failed}, so {precision} was taken."))
    failed = ", ".join(_failed(one) for one in gate.tries[:-1])
    return words.format(kept=_capital(_kept(last)), failed=failed, precision=last.precision)


def figures(gate: Gate) -> str:
    """Losses and what they were measured on."""
    words = _tr(
        QT_TRANSLATE_NOOP(
            "gate",
            "Loss {base} without the training, {adapter} with the adapter, {merged} merged; "
            "measured on {tokens} tokens of {examples} examples.",
        )
    )
    merged = gate.tries[-1].loss if gate.tries else None
    said = words.format(
        base=text.loss(gate.base_loss),
        adapter=text.loss(gate.adapter_loss),
        merged=text.loss(merged),
        tokens=text.whole(gate.tokens),
        examples=text.whole(gate.examples),
    )
    return " ".join(one for one in (said, _closeness(gate)) if one)


def percent(part: float) -> str:
    """A share with one place after the point."""
    return f"{part * 100:.1f} %"


def _closeness(gate: Gate) -> str:
    last = gate.tries[-1] if gate.tries else None
    if last is None or last.kl is None or last.equal_top is None:
        return ""
    words = _tr(QT_TRANSLATE_NOOP("gate", "The same likeliest token in {equal} of all places (divergence {kl})."))
    return words.format(
        equal=percent(last.equal_top), kl=f"{max(0.0, last.kl):.2g}"
    )  # rounding may leave it below zero


def _kept(one: GateTry) -> str:
    if one.kept is None:
        words = _tr(QT_TRANSLATE_NOOP("gate", "nothing had been learned; the loss differs by {difference}"))
        return words.format(difference=text.loss(abs(one.difference)))
    if one.passed and one.kept < 0.95:
        words = _tr(QT_TRANSLATE_NOOP("gate", "as good as the adapter: the loss differs by only {difference}"))
        return words.format(difference=text.loss(abs(one.difference)))
    if one.kept <= 0:
        return _tr(QT_TRANSLATE_NOOP("gate", "keeps nothing of what was learned"))
    return _tr(QT_TRANSLATE_NOOP("gate", "keeps {share} of what was learned")).format(share=percent(one.kept))


def _failed(one: GateTry) -> str:
    if one.kept is None:
        words = _tr(QT_TRANSLATE_NOOP("gate", "{precision} was off by {difference}"))
        return words.format(precision=one.precision, difference=text.loss(abs(one.difference)))
    words = _tr(QT_TRANSLATE_NOOP("gate", "{precision} kept only {share}"))
    return words.format(precision=one.precision, share=percent(max(0.0, one.kept)))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)
