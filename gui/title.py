"""The window's title: what happens now, readable in a task bar."""

from PySide6.QtCore import QCoreApplication

from backend.domain.status import HostState
from gui.facts import Facts

NAME = "Espalier"


def title(facts: Facts) -> str:
    """For example "12 % - gsm8k.jsonl - Espalier"."""
    status = facts.status
    parts = [_state(facts), status.current_file if facts.busy or status.state is HostState.PAUSED else None, NAME]
    if facts.remote:
        parts[-1] = QCoreApplication.translate("title", "{name} (of a running daemon)").format(name=NAME)
    return " - ".join(part for part in parts if part)


def _state(facts: Facts) -> str | None:
    status = facts.status
    words = {
        HostState.PAUSING: QCoreApplication.translate("title", "Pausing…"),
        HostState.PAUSED: QCoreApplication.translate("title", "Paused"),
        HostState.STOPPING: QCoreApplication.translate("title", "Stopping…"),
        HostState.SKIPPING: QCoreApplication.translate("title", "Skipping…"),
    }
    if status.state is HostState.TRAINING:
        if status.step is None or not status.total_steps:
            return QCoreApplication.translate("title", "Training")
        return f"{status.step / status.total_steps:.0%}"
    return words.get(status.state)
