"""How a setting is called and its value spelled, as the host reads it back."""

import enum

from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "settings"
ACRONYMS = {
    "r": QT_TRANSLATE_NOOP("settings", "Rank (r)"),
    "at": QT_TRANSLATE_NOOP("settings", "Time of day"),
    "python": QT_TRANSLATE_NOOP("settings", "Use my own PyTorch"),
}
"""Names that say too little by themselves."""


def spelled(value: object) -> str:
    """A value as `settings set` takes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case enum.Enum():
            return str(value.value)
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def title(key: str) -> str:
    """The last part of a key as words: job.learning_rate is "Learning rate"."""
    name = key.rpartition(".")[2]
    return ACRONYMS.get(name) or name.replace("_", " ").capitalize()
