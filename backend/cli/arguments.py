"""What the words of a command line mean before any command reads its own options."""

from collections.abc import Sequence
from pathlib import Path

COMMANDS = frozenset(
    {
        "train",
        "daemon",
        "status",
        "pause",
        "resume",
        "stop",
        "skip",
        "save",
        "snapshot",
        "consolidate",
        "version",
        "backup",
        "trash",
        "operations",
        "evolution",
        "serve",
        "queue",
        "model",
        "head",
        "undo",
        "redo",
        "history",
        "daily",
        "settings",
        "runtime",
        "demo",
        "doctor",
    }
)
"""Every command's name, known here so that a window opens without loading the command line."""
BASE_DIR = "--base-dir"
JSON = "--json"
SELF_CHECK = "--self-check"
"""No command, for it is about no home; only as the first word, --json aside."""


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The same words with --base-dir and --json first, wherever they stood. Nothing after `--` is touched."""
    words = list(arguments)
    end = words.index("--") if "--" in words else len(words)
    front: list[str] = []
    rest: list[str] = []
    place = 0
    while place < end:
        word = words[place]
        if word == BASE_DIR and place + 1 < end:
            front += [word, words[place + 1]]
            place += 1
        elif word == JSON or word.startswith(f"{BASE_DIR}="):
            front.append(word)
        else:
            rest.append(word)
        place += 1
    return front + rest + words[end:]


def self_check_words(arguments: Sequence[str]) -> list[str] | None:
    """The words beside --self-check where these ask for it, else None."""
    words = [word for word in _without_base_dir(arguments) if word != JSON]
    if words[:1] != [SELF_CHECK]:
        return None
    beside = list(arguments)
    beside.remove(SELF_CHECK)
    return beside


def wants_window(arguments: Sequence[str]) -> bool:
    """Whether these words open the window: none at all, or files that are there, but no command and no other option."""
    words = _without_base_dir(arguments)
    if not words or words[0] in COMMANDS:
        return not words
    files = window_files(arguments)
    return len(files) == len([word for word in words if word not in ("--demo", "--")]) and (
        not files or files[0].exists()
    )


def window_files(arguments: Sequence[str]) -> list[Path]:
    """The files among the words that open a window."""
    words = _without_base_dir(arguments)
    end = words.index("--") if "--" in words else len(words)
    return [Path(word) for word in [w for w in words[:end] if not w.startswith("-")] + words[end + 1 :]]


def base_dir_in(arguments: Sequence[str]) -> Path | None:
    """The folder that --base-dir names, the last one where there are several."""
    found = None
    words = iter(hoisted(arguments))
    for word in words:
        if word == BASE_DIR:
            found = next(words, None)
        elif word.startswith(f"{BASE_DIR}="):
            found = word.partition("=")[2]
        elif word != JSON:
            break
    return None if found is None else Path(found)


def _without_base_dir(arguments: Sequence[str]) -> list[str]:
    words = hoisted(arguments)
    while words and (words[0] == BASE_DIR or words[0].startswith(f"{BASE_DIR}=")):
        words = words[2:] if words[0] == BASE_DIR else words[1:]
    return words
