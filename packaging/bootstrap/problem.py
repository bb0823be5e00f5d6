"""What stands between the user and a running Espalier, with what to do about it."""


class Problem(Exception):
    """Shown as one message, without a traceback; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}")
        self.message = message
        self.hint = hint
