"""Builds what users install on the system that it runs on; see its --help, and docs/packaging.md.

Needs nothing but Python 3.11 or newer: the tools are installed into an environment of the build's own, build/venv.
"""

import sys

if __name__ == "__main__":
    from installer.commands import main

    sys.exit(main(sys.argv[1:]))
