"""What `start.py` can do: open the window, run the demonstration, test, or only set up."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable

from bootstrap import checks, display, environment, system
from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.say import say
from bootstrap.stamp import Layer

USAGE = """\
python3 start.py          set up, then open Espalier's window with the starter model and a sample to train
python3 start.py demo     set up, then the same demonstration in the terminal
python3 start.py test     set up, then run all tests and checks; with --faults only the tests of faults, every one of
                          them at every point, which takes hours
python3 start.py setup    only set up; then .venv/bin/espalier (Windows: .venv\\Scripts\\espalier) works

Arguments after -- go on to espalier, or with `test` to pytest: python3 start.py demo -- --json
"""
FAULTS = "--faults"
FAULTS_VARIABLE = "ESPALIER_FAULTS"
"""Tells tests/faults to kill at every point instead of at a sample of them."""
COMMANDS = ("window", "demo", "test", "setup")


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status, 2 where the arguments make no sense."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a character is no reason to stop
    command, rest = split(arguments)
    if command in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    if command not in COMMANDS:
        say(f"start.py knows no command {command}.\n\n{USAGE}")
        return 2
    try:
        return _run(Places.here(), command, rest)
    except Problem as problem:
        say(f"\n{problem.message}\n{problem.hint}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. The next start goes on from here.")
        return 130


def split(arguments: list[str]) -> tuple[str, list[str]]:
    """The command, and what goes on to the program behind it; a `--` between the two is dropped."""
    if arguments and arguments[0] != "--":
        command, *rest = arguments
    else:
        command, rest = "window", arguments
    return command, rest[1:] if rest[:1] == ["--"] else rest


def _run(places: Places, command: str, rest: list[str]) -> int:
    if command == "test":
        return _test(places, rest)
    environment.prepare(places, Layer.APPLICATION)
    if command == "setup":
        return _end_of_setup(places)
    if command == "window":
        reason = display.why_none(os.environ)
        if reason is None:
            system.require_libraries(places)
            return _become(places, ["--demo", *rest])
        say(f"No window can be shown here ({reason}): the demonstration runs in the terminal.")
    return _become(places, ["demo", *rest])


def _test(places: Places, rest: list[str]) -> int:
    environment.prepare(places, Layer.APPLICATION, Layer.TESTS)
    _note_what_is_missing(places, system.require_libraries, system.require_programs)
    if FAULTS in rest:
        os.environ[FAULTS_VARIABLE] = "1"
        return checks.run_all(places, checks.fault_loops([word for word in rest if word != FAULTS]))
    return checks.run_all(places, checks.all_checks(rest))


def _end_of_setup(places: Places) -> int:
    _note_what_is_missing(places, system.require_libraries)
    say(f"Espalier is set up. Start it with: {places.espalier.relative_to(places.root)}")
    return 0


def _note_what_is_missing(places: Places, *requirements: Callable[[Places], None]) -> None:
    for require in requirements:
        try:
            require(places)
        except Problem as problem:
            say(f"Note: {problem.message} {problem.hint}")


def _become(places: Places, arguments: list[str]) -> int:
    """Hand this process over to espalier; on Windows, which cannot, stay and wait for it."""
    command = [str(places.espalier), *arguments]
    if os.name == "posix":
        os.execv(command[0], command)
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):  # espalier got it too, and saves before it ends
                process.wait()
    return process.returncode
