"""Two set-ups of one folder never run at once."""

import subprocess
import sys
from pathlib import Path

from bootstrap.lock import alone

SECOND = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from bootstrap.lock import alone
with alone(Path(sys.argv[2])):
    print("in")
"""


def test_the_second_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    packaging = Path(__file__).parents[3] / "packaging"
    path = tmp_path / "lock"
    with alone(path):
        second = subprocess.Popen(
            [sys.executable, "-c", SECOND, str(packaging), str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert "waiting for it to end" in second.stderr.readline()
        assert second.poll() is None
    out, _ = second.communicate(timeout=30)
    assert out == "in\n"
