"""The command line as a program whose engines are scripted: give it a Script as JSON, then the words of a command."""

import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from backend.cli.main import main
from backend.supervisor.launcher import LocalLauncher
from tests.fakes import scripted_trial
from tests.fakes.scripted_engine import Script

if __name__ == "__main__":
    script = msgspec.json.decode(sys.argv[1], type=Script)
    sys.exit(main(sys.argv[2:], LocalLauncher(script.command(), scripted_trial.command())))
