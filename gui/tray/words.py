"""What the tray's icon says when the pointer rests on it."""

from PySide6.QtCore import QCoreApplication

from backend.domain.status import HostState
from gui import format as text
from gui.facts import Facts
from gui.title import NAME

CONTEXT = "tray"


def tooltip(facts: Facts) -> str:
    """For example "Espalier: training gsm8k.jsonl, 12 %, 3 min 20 s left"."""
    state = _state(facts)
    if not state:
        return NAME
    parts = [f"{state} {facts.status.current_file}" if facts.status.current_file else state]
    if facts.status.step is not None and facts.status.total_steps:
        parts.append(f"{facts.status.step / facts.status.total_steps:.0%}")
    if facts.status.state is HostState.TRAINING and facts.status.eta_seconds is not None:
        left = QCoreApplication.translate(CONTEXT, "{time} left")
        parts.append(left.format(time=text.duration(facts.status.eta_seconds)))
    if facts.status.reason:
        parts.append(facts.status.reason)
    return f"{NAME}: {', '.join(parts)}"


def _state(facts: Facts) -> str:
    return {
        HostState.TRAINING: QCoreApplication.translate(CONTEXT, "training"),
        HostState.PAUSING: QCoreApplication.translate(CONTEXT, "pausing"),
        HostState.PAUSED: QCoreApplication.translate(CONTEXT, "paused"),
        HostState.STOPPING: QCoreApplication.translate(CONTEXT, "stopping"),
        HostState.SKIPPING: QCoreApplication.translate(CONTEXT, "skipping"),
        HostState.STOPPED: QCoreApplication.translate(CONTEXT, "stopped"),
    }.get(facts.status.state, "")
