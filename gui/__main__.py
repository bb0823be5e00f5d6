"""The program's front door: opens the window, runs a command, or becomes a child of one; loads only what that needs."""

import multiprocessing
import runpy
import sys
from collections.abc import Sequence

from backend import presence
from backend.cli.arguments import base_dir_in, self_check_words, wants_window, window_files
from gui import streams

CHILDREN = {
    "--engine": "backend.engine",
    "--preview": "backend.engine.preview",
    "--trial": "backend.engine.trial",
    "--probe": "backend.engine.runtime_probe",
}
"""Asked of a frozen program, which has no `python -m`."""
SELF_CHECK_WORK = "--self-check-work"
"""Asked by a self-check of the child that tries the parts."""
DEMO = "--demo"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status for the shell."""
    multiprocessing.freeze_support()  # a frozen program that was started as its own child goes no further
    streams.stand_in_for_missing()
    presence.announce()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in CHILDREN:
        runpy.run_module(CHILDREN[words[0]], run_name="__main__")
        return 0
    if words[:1] == [SELF_CHECK_WORK]:
        from gui.self_check.work import main as work

        return work()
    if (beside := self_check_words(words)) is not None:
        from gui.self_check.command import main as self_check

        return self_check(beside)
    if not wants_window(words):
        from backend.cli.main import main as command

        return command(words)
    from gui.app import main as window

    return window(files=window_files(words), base_dir=base_dir_in(words), demo=DEMO in words)


if __name__ == "__main__":
    sys.exit(main())
