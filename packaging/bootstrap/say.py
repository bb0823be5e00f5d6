"""Progress in plain lines, on standard error so that standard output stays espalier's own."""

import sys


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
