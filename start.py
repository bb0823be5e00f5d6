"""Sets Espalier up and runs it; see `python3 start.py --help`.

Uses the standard library only, and syntax that even an old Python reads, so that it can say what is missing.
"""

import sys

if sys.hexversion < 0x030B0000:
    sys.exit(
        "Espalier needs Python 3.11 or newer, and this is Python " + sys.version.split()[0] + ". "
        "Install a newer one (Debian, Ubuntu: sudo apt install python3.11 python3.11-venv; "
        "macOS: brew install python; Windows: winget install Python.Python.3.13) "
        "and start again with it: python3.11 start.py"
    )

if __name__ == "__main__":
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).resolve().parent / "packaging"))
    from bootstrap.commands import main

    sys.exit(main(sys.argv[1:]))
