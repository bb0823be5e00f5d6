"""What the tests of installers share: the project, and programs that are not here."""

import sys
from pathlib import Path

import pytest

from tests.fakes.stand_in import StandIn, StandIns


@pytest.fixture
def project() -> Path:
    """The folder of the project."""
    return Path(__file__).parents[3]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    if sys.platform == "win32":
        pytest.skip("scripts are no programs there")
    return StandIns(tmp_path, monkeypatch).put
