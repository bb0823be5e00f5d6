"""Files that show the head to people and programs; rewritten from the database at every start (semantics.md 2)."""

from pathlib import Path

import msgspec

from backend import files, pointer
from backend.domain.head import Base, Head
from backend.paths import Home

README = "README.txt"
OWN = frozenset({README, pointer.FILE})


def write(home: Home, head: Head, base: Base | None) -> None:
    """head.json and current_model/ as the head now is."""
    content = card_of(head, base)
    if not home.head_card.exists() or home.head_card.read_bytes() != content:
        files.write(home.head_card, content)
    if head.checkpoint is not None:
        pointer.put(home.current_model, Path(head.checkpoint.path), OWN)
    else:
        _show_none(home, base)


def card_of(head: Head, base: Base | None) -> bytes:
    """The content of head.json."""
    return msgspec.json.format(msgspec.json.encode({"head": head, "base": base}), indent=1) + b"\n"


def _show_none(home: Home, base: Base | None) -> None:
    current = home.current_model
    pointer.remove_link(current)
    current.mkdir(exist_ok=True)
    (current / pointer.FILE).unlink(missing_ok=True)
    if base is None:
        text = (
            "No model has been chosen yet. `espalier model add starter` and `espalier model use starter` choose one.\n"
        )
    else:
        text = f"Nothing has been trained yet: there is no adapter. The base model is {base.slug}, in\n{base.path}\n"
    content = text.encode()
    readme = current / README
    if not readme.exists() or readme.read_bytes() != content:
        files.write(readme, content)
