"""The two ways to speak: to people in tables and sentences, to programs in JSON alone."""

import io
import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from backend.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console

Draw = Callable[["Console"], None]


class Output(Protocol):
    """What a command tells. Results go to standard output, all else to standard error."""

    @property
    def json(self) -> bool: ...

    def result(self, value: object, draw: Draw) -> None:
        """The one answer of a command: `value` as JSON, or whatever `draw` shows people."""
        ...

    def show(self, draw: Draw) -> None:
        """Something for people on the way to the result; programs do not see it."""
        ...

    def line(self, value: Mapping[str, Any]) -> None:
        """One of many JSON objects, for commands that go on; people do not see it."""
        ...

    def note(self, text: str) -> None:
        """Something that people want to know on the way."""
        ...

    def error(self, message: str, hint: str) -> None:
        """What went wrong and what to do."""
        ...

    def failure_of(self, file: str, error: UserError) -> None:
        """One of several files could not be taken; the others go on."""
        ...


class PeopleOutput:
    """Words, tables and colours; rich drops the colours where the output is no terminal."""

    json = False

    def __init__(self) -> None:
        from rich.console import Console  # half of what a short command takes; programs do without

        self.console = Console(highlight=False, soft_wrap=True)
        self._errors = Console(highlight=False, soft_wrap=True, stderr=True)

    def result(self, value: object, draw: Draw) -> None:
        draw(self.console)

    def show(self, draw: Draw) -> None:
        draw(self.console)

    def line(self, value: Mapping[str, Any]) -> None:
        return None

    def note(self, text: str) -> None:
        self._errors.print(text, markup=False)

    def error(self, message: str, hint: str) -> None:
        self._errors.print(message, style="bold red", markup=False)
        if hint:
            self._errors.print(hint, markup=False)

    def failure_of(self, file: str, error: UserError) -> None:
        self.error(f"{file} is not queued: {error.message}", error.hint)


class JsonOutput:
    """Nothing but JSON on standard output; what people would be told on the way is left out."""

    json = True

    def result(self, value: object, draw: Draw) -> None:
        self._write(value)

    def show(self, draw: Draw) -> None:
        return None

    def line(self, value: Mapping[str, Any]) -> None:
        self._write(value)

    def note(self, text: str) -> None:
        return None

    def error(self, message: str, hint: str) -> None:
        self._write({"error": message, "hint": hint})

    def failure_of(self, file: str, error: UserError) -> None:
        self._write({"event": "refused", "file": file, "error": error.message, "hint": error.hint})

    def _write(self, value: object) -> None:
        sys.stdout.buffer.write(_encoded(value) + b"\n")
        sys.stdout.flush()


def spell_what_can_be_shown() -> None:
    """A console that lacks a character shows another in its place."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def output_for(json: bool) -> Output:
    return JsonOutput() if json else PeopleOutput()


def _encoded(value: object) -> bytes:
    """Of a file name that is no text, what is none stands as question marks, as in the name of the job."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode(errors="replace")
