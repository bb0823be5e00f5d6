"""The trial as the process that hosts start: a line in, a line out, gone when nobody listens."""

import subprocess
from pathlib import Path

import msgspec
import pytest

from backend.domain.head import Base
from backend.protocol.trial import TrialEvent, TrialFailed, TrialOrder, Tried
from backend.supervisor.launcher import trial_command

SECONDS = 60.0


@pytest.fixture
def start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        trial_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )


def asked(process: "subprocess.Popen[bytes]", order: TrialOrder) -> TrialEvent:
    """Its one line, while its standard input stays open."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(msgspec.json.encode(order) + b"\n")
    process.stdin.flush()
    decoder: msgspec.json.Decoder[TrialEvent] = msgspec.json.Decoder(TrialEvent)
    found = decoder.decode(process.stdout.read())
    process.stdin.close()
    process.stdout.close()
    assert process.wait(SECONDS) == 0
    return found


def test_a_whole_model_is_tried(start: "subprocess.Popen[bytes]", tiny_base: Base) -> None:
    assert isinstance(asked(start, TrialOrder(base=tiny_base.path)), Tried)


def test_what_is_no_model_is_told_in_words(start: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    found = asked(start, TrialOrder(base=str(tmp_path / "nothing")))
    assert isinstance(found, TrialFailed)
    assert "nothing" in found.message


def test_it_ends_with_whoever_asked(start: "subprocess.Popen[bytes]", tiny_base: Base) -> None:
    assert start.stdin is not None
    assert start.stdout is not None
    start.stdin.write(msgspec.json.encode(TrialOrder(base=tiny_base.path)) + b"\n")
    start.stdin.close()
    assert start.wait(SECONDS) == 0
    assert start.stdout.read() == b""
    start.stdout.close()
