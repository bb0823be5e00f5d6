"""Marks texts for translation where they stand as values; they are translated when they are shown."""


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """The same text. Qt's own function of this name, which lupdate looks for, has no useful type."""
    return text
