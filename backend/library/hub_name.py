"""How a model on the Hugging Face hub is named."""

import re

_FORM = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")


def repository(source: str) -> str | None:
    """`source` where it has the form owner/name."""
    return source if _FORM.fullmatch(source) else None
