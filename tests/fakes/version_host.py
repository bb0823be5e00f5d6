"""What tests do to the versions of a home through its host, on the scripted engine."""

import datetime
import json
from pathlib import Path

import msgspec

from backend import files
from backend.domain.head import Head
from backend.domain.operation import Operation, OperationState
from backend.domain.version import Version
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from backend.store.store import Store
from backend.versions import folder as places
from tests.fakes.hosting import Bench


def begun(bench: Bench, request: p.Request) -> Operation:
    reply = bench.ask(request)
    assert isinstance(reply, k.OperationBegun), reply
    return reply.operation


def ended(bench: Bench, operation: Operation) -> Operation:
    """Pump until it is over."""
    told = bench.until_event(
        k.OperationChanged,
        lambda event: event.operation.id == operation.id and event.operation.state is not OperationState.RUNNING,
    )
    return told.operation


def done(bench: Bench, request: p.Request) -> str:
    """The words with which it ended well."""
    over = ended(bench, begun(bench, request))
    assert over.state is OperationState.DONE, over
    return over.text


def failed(bench: Bench, request: p.Request) -> Operation:
    over = ended(bench, begun(bench, request))
    assert over.state is OperationState.FAILED, over
    return over


def versions(bench: Bench) -> tuple[Version, ...]:
    reply = bench.ask(k.ListVersions())
    assert isinstance(reply, k.VersionsReply), reply
    return reply.versions


def train(bench: Bench, name: str) -> None:
    bench.queue(name)
    bench.train()


def make_version(bench: Bench, name: str) -> Head:
    """Train a file and consolidate; returns the head on the new version."""
    train(bench, name)
    done(bench, k.Consolidate())
    return bench.head()


def backdate(home: Home, version: str, days: int = 2) -> None:
    """Let a version have been made earlier; no host may be there. Its folder is written again to say so."""
    store = Store.open(home)
    row = store.versions.get(version)
    then = datetime.datetime.fromisoformat(row.card.created_at) - datetime.timedelta(days=days)
    created_at = then.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    folder = home.root / row.path
    text = json.loads((folder / places.METADATA).read_text())
    text["created_at"] = created_at
    files.write(folder / places.METADATA, json.dumps(text).encode())
    files.write(folder / files.SUMS, files.sums_of(folder))
    card = msgspec.structs.replace(row.card, created_at=created_at)
    sums = files.sha256(folder / files.SUMS)
    base = msgspec.structs.replace(store.bases.get(version), sha256=sums)
    with store.atomic():
        store.versions.put(msgspec.structs.replace(row, card=card, sums_sha256=sums))
        store.bases.put(base)
    store.close()


def spoil(path: Path) -> None:
    """Flip one bit, whatever the rights of the file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(0o444)
