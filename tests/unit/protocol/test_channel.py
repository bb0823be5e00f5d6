"""Typed messages over a local connection: whole, checked, and only for who holds the key."""

import math
import sys
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.protocol import channel
from backend.protocol.channel import Channel
from backend.protocol.engine import EngineCommand, EngineEvent, LogLine, Metric, Pause, Stop

Pair = tuple[Channel[EngineCommand, EngineEvent], Channel[EngineEvent, EngineCommand], Any]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """The host's end, the engine's end, and the raw connection below the engine's end."""
    left, right = Pipe()
    host: Channel[EngineCommand, EngineEvent] = Channel(left, EngineEvent)
    engine: Channel[EngineEvent, EngineCommand] = Channel(right, EngineCommand)
    yield host, engine, right
    host.close()
    engine.close()


def test_messages_arrive_in_order_and_with_their_types(pair: Pair) -> None:
    host, engine, _ = pair
    host.send(Pause(reason="lunch"))
    host.send(Stop())
    assert [engine.receive(), engine.receive()] == [Pause(reason="lunch"), Stop()]
    engine.send(LogLine(level="info", text="häö\u2028\n"))
    assert host.receive() == LogLine(level="info", text="häö\u2028\n")


def test_ready_tells_without_waiting_whether_something_is_there(pair: Pair) -> None:
    host, engine, _ = pair
    assert not engine.ready()
    host.send(Stop())
    assert engine.ready(5)


def test_the_other_end_closing_is_the_end(pair: Pair) -> None:
    host, engine, _ = pair
    engine.close()
    assert host.ready(5)
    with pytest.raises(EOFError):
        host.receive()
    with pytest.raises(OSError, match=r"."):
        host.send(Stop())


@pytest.mark.parametrize("sent", [b"", b"not json", b'{"type":"Launch"}', b'{"type":"LogLine","level":1,"text":"x"}'])
def test_what_is_not_of_the_protocol_is_refused(pair: Pair, sent: bytes) -> None:
    host, _, raw = pair
    raw.send_bytes(sent)
    with pytest.raises(msgspec.DecodeError):
        host.receive()


def test_a_pickle_is_refused_like_any_other_noise(pair: Pair) -> None:
    host, _, raw = pair
    raw.send({"type": "LogLine"})
    with pytest.raises(msgspec.DecodeError):
        host.receive()


def test_a_loss_that_is_no_number_cannot_pass_for_one(pair: Pair) -> None:
    host, engine, _ = pair
    metric = Metric(
        job=1,
        step=1,
        total_steps=2,
        epoch=0.5,
        loss=math.nan,
        learning_rate=1e-3,
        grad_norm=1.0,
        tokens=1,
        supervised=1,
        tokens_per_second=1.0,
        seconds=1.0,
        memory_bytes=1,
    )
    engine.send(metric)
    with pytest.raises(msgspec.ValidationError):
        host.receive()


def test_a_client_with_the_key_is_heard_and_one_without_is_not() -> None:
    key = channel.new_key()
    listener = channel.listen(key)
    heard: list[object] = []

    def serve() -> None:
        with pytest.raises(AuthenticationError):
            listener.accept()
        with listener.accept() as connection:
            ends: Channel[EngineEvent, EngineCommand] = Channel(connection, EngineCommand)
            heard.append(ends.receive())

    server = threading.Thread(target=serve)
    server.start()
    with pytest.raises((AuthenticationError, EOFError)):
        channel.connect(str(listener.address), channel.new_key())
    client: Channel[EngineCommand, EngineEvent] = Channel(channel.connect(str(listener.address), key), EngineEvent)
    client.send(Stop(reason="done"))
    server.join(30)
    client.close()
    listener.close()
    assert heard == [Stop(reason="done")]


def test_keys_differ() -> None:
    assert len({channel.new_key() for _ in range(10)}) == 10


@pytest.mark.skipif(sys.platform == "win32", reason="pipes there lie in no folder")
def test_a_listener_lies_in_a_private_folder_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="e") as short:
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        listener = channel.listen(channel.new_key())
        address = Path(str(listener.address))
        assert address.parent.parent == Path(short)
        assert address.parent.stat().st_mode & 0o777 == 0o700
        listener.close()
        listener.close()
        assert list(Path(short).iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="pipes there lie in no folder")
def test_a_folder_too_long_for_a_socket_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with channel.listen(channel.new_key()) as listener:
        assert len(str(listener.address)) < 100
