"""The verifier finds each kind of damage, and nothing in a home that is whole."""

import ast
import hashlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from backend.paths import Home
from backend.protocol import host as p
from tests.fakes.hosting import Bench, give_base
from tests.fakes.scripted_engine import Script
from tests.faults import artefact, safekeeping, verifier
from tests.faults.verifier import Promises, faults

STEPS = 6
Damage = Callable[[Path], None]


def sql(statement: str) -> Damage:
    """Change the database behind the application's back."""

    def change(home: Path) -> None:
        with closing(sqlite3.connect(home / "espalier.db")) as db, db:
            db.execute(statement)

    return change


def at(pattern: str, change: Callable[[Path], object]) -> Damage:
    """Change the last path that fits."""

    def damage(home: Path) -> None:
        change(max(home.glob(pattern)))

    return damage


def show_elsewhere(home: Path) -> None:
    """As a link, or as the file that stands for it where links do not exist."""
    current = home / "current_model"
    if current.is_symlink():
        current.unlink()
        current.symlink_to("runs/000001")
    else:
        (current / "path.txt").write_text(str(home / "runs" / "000001"))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed home in which two files were trained and two wait."""
    home = Home(tmp_path_factory.mktemp("verified") / "home")
    give_base(home)
    bench = Bench.open(home, Script(steps=STEPS, save_every=3, seconds=0.001))
    for name in ("first", "second"):
        bench.queue(name)
    bench.train()
    bench.queue("third")
    bench.queue("fourth")
    bench.host.close()
    return home.root


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    copy = tmp_path / "home"
    shutil.copytree(whole, copy, symlinks=True)
    return copy


def promises(home: Path) -> Promises:
    names = ("first", "second", "third", "fourth")
    sums = (hashlib.sha256(f'{{"text": "{name}"}}\n'.encode()).hexdigest() for name in names)
    return Promises(acknowledged=tuple(enumerate(sums, 1)), announced=((1, 3), (1, STEPS), (2, STEPS)))


def test_a_whole_home_has_no_fault_and_is_not_changed_by_looking(home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    assert faults(home, promises(home)) == []
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (sql("delete from jobs where id = 3"), "I1 job 3 was acknowledged and is not there"),
        (sql("update jobs set dataset = (select dataset from jobs where id = 1) where id = 4"), "I1 job 4 trains"),
        (at("datasets/*.jsonl", lambda file: file.write_text("x")), "holds other bytes"),
        (at("datasets/*.jsonl", Path.unlink), "is not stored"),
        (sql("update jobs set step = 5 where id = 1"), "I2 job 1 stands at step 5, though step 6"),
        (sql("update head set checkpoint = (select min(id) from checkpoints)"), "I4 head.json shows checkpoint"),
        (sql("update head set checkpoint = null"), "the head has none"),
        (sql("update checkpoints set state = 'damaged'"), "I4 the head stands on checkpoint"),
        (at("head.json", lambda file: file.write_text("{}")), "I4 head.json shows checkpoint -1"),
        (show_elsewhere, "I4 current_model shows runs/000001"),
        (at("runs/000001/checkpoints/*/state.json", lambda file: file.write_text("{}")), "state.json holds other"),
        (at("runs/000001/checkpoints/*/state.json", Path.unlink), "state.json is missing"),
        (at("runs/000001/checkpoints/*", lambda folder: (folder / "more").touch()), "more is not listed"),
        (at("runs/000001/checkpoints/*/SHA256SUMS", lambda file: file.write_text("")), "is not the one that was"),
        (at("runs/000001/checkpoints/*", shutil.rmtree), "SHA256SUMS is missing"),
        (sql("update checkpoints set state = 'gone' where job = 1"), "is gone, and its folder is there"),
        (at("runs/000001/checkpoints", lambda folder: (folder / "00000099").mkdir()), "00000099 is known to nobody"),
        (sql("update segments set ended_at = null where job = 2"), "I6 segment 1 of job 2, which is done, never ended"),
        (sql("update jobs set state = 'running' where id = 3"), "I6 job 3 is running, and no host is there"),
        (sql("update jobs set state = 'paused' where id > 2"), "I6 jobs [3, 4] are begun at once"),
        (sql("update jobs set state = 'skipped' where id = 3"), "I6 job 3 was skipped and is not in the low level"),
        (sql("update jobs set position = 7 where id > 2"), "I6 2 jobs stand at place 7 of level 1"),
        (at("runs/000001/checkpoints", lambda folder: (folder / ".staging-x").mkdir()), ".staging-x was left over"),
        (at("runs/000001", lambda folder: (folder / ".ledger.1.tmp").touch()), ".ledger.1.tmp was left over"),
        (sql("delete from bases"), "I6 a row of"),
    ],
)
def test_each_damage_is_found(home: Path, damage: Damage, found: str) -> None:
    damage(home)
    assert [fault for fault in faults(home, promises(home)) if found in fault]


def test_a_file_that_was_acknowledged_twice_is_found(home: Path) -> None:
    twice = promises(home).acknowledged * 2
    assert "I1 job 1 was given to 2 files" in faults(home, Promises(acknowledged=twice))


def test_what_a_host_has_in_hand_is_no_fault_while_it_lives(home: Path) -> None:
    sql("update jobs set state = 'running' where id = 2")(home)
    sql("update segments set ended_at = null where job = 2")(home)
    assert len(faults(home)) == 2
    assert faults(home, hosted=True) == []


def test_it_reads_what_a_killed_host_left_and_speaks_as_a_program(home: Path) -> None:
    script = Path(verifier.__file__)
    killed = (
        "import os, signal, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('pragma journal_mode=wal')\n"
        "db.execute(\"update jobs set state = 'running' where id = 3\")\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
    )
    subprocess.run([sys.executable, "-c", killed, home / "espalier.db"], check=False)
    told = subprocess.run([sys.executable, script, home], check=False, capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (1, "I6 job 3 is running, and no host is there\n")


def test_it_imports_nothing_of_the_application() -> None:
    files = [Path(module.__file__ or "") for module in (verifier, safekeeping, artefact)]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {name.name for node in imports if isinstance(node, ast.Import) for name in node.names}
    modules |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    own = {module for module in modules if module.startswith("tests.faults.")}
    assert own == {"tests.faults.artefact", "tests.faults.safekeeping"}
    assert {module.partition(".")[0] for module in modules - own} <= sys.stdlib_module_names
    assert all(len(file.read_text(encoding="utf-8").splitlines()) < 300 for file in files)


def test_a_paused_job_is_no_fault_of_a_closed_home(home: Path) -> None:
    give = Bench.open(Home(home), Script(steps=STEPS, wait_at=2, seconds=0.001))
    give.do(p.StartTraining())
    give.until_step(2)
    give.do(p.PauseTraining())
    give.until(lambda: give.job(3).state == "paused")
    give.host.close()
    assert faults(home, promises(home)) == []
