"""A host killed in the middle of an operation on versions: the next one finds it done after all, or never begun."""

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from backend.domain.operation import OperationKind, OperationState
from backend.errors import UserError
from backend.operations.operations import Recovered
from backend.paths import Home
from backend.protocol import keeping as k
from backend.store.store import Store
from backend.versions import folder as places
from backend.versions.deleting import Deleting, Intent
from tests.fakes import version_host
from tests.fakes.hosting import Bench, OpenBench, give_base
from tests.fakes.scripted_engine import Script

SCRIPT = Script(steps=4, seconds=0.001, save_every=2)
PROJECT = Path(__file__).parents[3]
KILLED = """
import importlib, os, signal, sys
from pathlib import Path
import msgspec
sys.path.insert(0, sys.argv[1])
from backend.paths import Home
from backend.protocol import keeping as k
from tests.fakes import version_host
from tests.fakes.hosting import Bench
from tests.fakes.scripted_engine import Script
DIE = getattr(signal, "SIGKILL", signal.SIGTERM)
module, owner, method = sys.argv[4].split(":")
setattr(getattr(importlib.import_module(module), owner), method, lambda *_: os.kill(os.getpid(), DIE))
bench = Bench.open(Home(Path(sys.argv[2])), Script())
request = msgspec.json.decode(sys.argv[3], type=k.VersionRequest)
version_host.ended(bench, version_host.begun(bench, request))
"""
KILLED_STATUS = 15 if sys.platform == "win32" else -9
"""Windows knows one way to end a process, and takes the number of the signal for its status."""
CONSOLIDATION = "backend.versions.consolidation:Consolidation"
DELETING = "backend.versions.deleting:Deleting"
KEEPER = "backend.head.keeper:HeadKeeper"
TOLD = "backend.versions:told:changed"
CONSOLIDATE = k.Consolidate()
RESTORE = k.RestoreVersion(version="v001")
DELETE = k.DeleteVersion(version="v001", typed="v001", end_undo=True)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """v001 of the day before yesterday, v002, and a file trained on v002."""
    home = Home(tmp_path_factory.mktemp("trained") / "home")
    give_base(home)
    bench = Bench.open(home, SCRIPT)
    version_host.make_version(bench, "a.jsonl")
    version_host.make_version(bench, "b.jsonl")
    version_host.train(bench, "c.jsonl")
    bench.host.close()
    version_host.backdate(home, "v001")
    return home


@pytest.fixture
def home(trained: Home, tmp_path: Path) -> Home:
    """A copy, which a test may kill hosts on."""
    shutil.copytree(trained.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


@pytest.mark.parametrize(
    ("request_", "point", "is_done"),
    [
        (CONSOLIDATE, f"{CONSOLIDATION}:_merge", False),
        (CONSOLIDATE, f"{CONSOLIDATION}:_record", True),
        (CONSOLIDATE, TOLD, True),
        (RESTORE, f"{KEEPER}:stand_on", False),
        (RESTORE, TOLD, True),
        (DELETE, f"{DELETING}:_move", False),
        (DELETE, f"{DELETING}:_record", True),
    ],
)
def test_a_host_killed_in_the_middle_leaves_before_or_after(
    home: Home, open_bench: OpenBench, request_: k.VersionRequest, point: str, is_done: bool
) -> None:
    before = open_bench(SCRIPT)
    head, ids = before.head(), [version.id for version in version_host.versions(before)]
    before.host.close()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(PROJECT), str(home.root), _json(request_), point], check=False
    )
    assert killed.returncode == KILLED_STATUS
    bench = open_bench(SCRIPT)
    bench.events += bench.host.pump()
    assert "is missing" not in bench.notices(), "what was moved away on purpose is not told as a loss"
    journal = bench.ask(k.GetOperations(last=1))
    assert isinstance(journal, k.OperationsReply)
    assert journal.operations[0].state is (OperationState.DONE if is_done else OperationState.FAILED)
    after = {k.Consolidate: ["v001", "v002", "v003"], k.RestoreVersion: ids, k.DeleteVersion: ["v002"]}
    assert [version.id for version in version_host.versions(bench)] == (after[type(request_)] if is_done else ids)
    moves = not isinstance(request_, k.DeleteVersion) and is_done
    assert (bench.head() != head) is moves
    folders = places.all_in(home.versions)
    assert [places.id_of(places.number_of(path.name) or 0) for path in folders] == [
        version.id for version in version_host.versions(bench)
    ]
    for path in folders:
        places.verify(path)
    assert not list(home.versions.glob(".*"))


def test_an_operation_that_cannot_be_recovered_now_keeps_no_host_from_starting(
    home: Home, open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(home)
    with store.atomic():
        store.operations.begin(OperationKind.DELETE, "v001", Intent(version="v001", end_undo=True))
    store.close()

    def refuse(*_: object) -> Recovered:
        raise UserError("The trash cannot be written.", "Look at its folder's rights.")

    with monkeypatch.context() as patch:
        patch.setattr(Deleting, "recover", refuse)
        bench = open_bench(SCRIPT)
        bench.until(lambda: "The trash cannot be written" in bench.notices(), "the word of it")
        bench.host.close()
    bench = open_bench(SCRIPT)
    bench.until(lambda: "v001 is where it was" in bench.notices(), "the recovery")
    assert [version.id for version in version_host.versions(bench)] == ["v001", "v002"]


def _json(request: k.VersionRequest) -> str:
    return msgspec.json.encode(request).decode()
