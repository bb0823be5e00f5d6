"""Installed, upgraded and removed by dpkg while Espalier runs: it saves first, data stays, nothing is killed."""

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes import installed_espalier
from tests.unit.installer.debian.conftest import Installation, Packing

Runner = Callable[..., "subprocess.Popen[bytes]"]
LONG = 40


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    (file := tmp_path / "diary").touch()
    return file


@pytest.fixture
def running(installation: Installation, diary: Path) -> Iterator[Runner]:
    """Starts the installed program in a role; ends what a failed test leaves."""
    started: list[subprocess.Popen[bytes]] = []

    def start(role: str, seconds: float, until: str) -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,
            "PYTHONHOME": sys.base_prefix,
            "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR")),
        }
        words = [str(installation.program), installed_espalier.__file__, role, str(diary), str(seconds)]
        process = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE)
        started.append(process)
        wait_for(diary, until)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(diary: Path, line: str) -> None:
    end = time.monotonic() + 20
    while line not in diary.read_text(encoding="utf-8").splitlines():
        assert time.monotonic() < end, f"{line} is not in the diary: {diary.read_text(encoding='utf-8')}"
        time.sleep(0.05)


@pytest.fixture
def installed(installation: Installation, packed: Packing) -> Installation:
    done = installation.dpkg("--install", packed("1.0.0", patience=2))
    assert done.returncode == 0, done.stderr
    return installation


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """What a user trained."""
    (folder := tmp_path / "bob b" / ".local" / "share" / "espalier").mkdir(parents=True)
    (folder / "config.toml").write_text("[job]\nepochs = 2\n", encoding="utf-8")
    return folder


def test_it_is_installed_upgraded_and_removed_without_a_word_where_nothing_runs(
    installed: Installation, packed: Packing
) -> None:
    assert installed.state() == "install ok installed"
    assert (installed.root / "usr" / "bin" / "espalier").readlink() == Path("/opt/espalier/espalier")
    assert installed.dpkg("--verify", "espalier").stdout == ""
    done = installed.dpkg("--install", packed("1.1.0"))
    assert (done.returncode, installed.version()) == (0, "1.1.0")
    assert "Espalier" not in done.stdout
    assert installed.dpkg("--purge", "espalier").returncode == 0
    assert not (installed.root / "opt").exists()
    assert not (installed.root / "usr" / "bin").exists()


def test_a_file_that_was_damaged_is_found(installed: Installation) -> None:
    (installed.program.parent / "LICENSES.txt").write_text("None.\n", encoding="utf-8")
    assert "/opt/espalier/LICENSES.txt" in installed.dpkg("--verify", "espalier").stdout


def test_a_running_program_saves_before_another_version_comes(
    installed: Installation, packed: Packing, running: Runner, diary: Path
) -> None:
    assert installed.dpkg("--install", packed("1.1.0")).returncode == 0  # one that waits for long enough
    host = running("host", 1.5, until="engine runs")
    done = installed.dpkg("--install", packed("1.2.0"))
    assert done.returncode == 0, done.stderr
    assert "asked to save" in done.stdout
    assert installed.version() == "1.2.0"
    assert host.wait(0) == 0, "the upgrade has waited for it"
    assert diary.read_text(encoding="utf-8").split("\n")[-3:] == ["engine saved", "host ends", ""]
    assert "engine was signalled" not in diary.read_text(encoding="utf-8")


def test_one_that_does_not_end_keeps_the_old_version_and_is_not_killed(
    installed: Installation, packed: Packing, running: Runner, diary: Path
) -> None:
    host = running("stubborn", LONG, until="host runs")
    before = sorted(installed.root.rglob("*"))
    done = installed.dpkg("--install", packed("1.1.0"))
    assert done.returncode != 0
    assert f"has not ended after 2 seconds (process {host.pid})" in done.stderr
    assert "espalier stop" in done.stderr
    assert (installed.state(), installed.version()) == ("install ok installed", "1.0.0")
    assert sorted(installed.root.rglob("*")) == before
    assert host.poll() is None
    assert diary.read_text(encoding="utf-8").count("host was asked") == 1


def test_one_that_does_not_end_is_not_removed(installed: Installation, running: Runner) -> None:
    host = running("stubborn", LONG, until="host runs")
    done = installed.dpkg("--remove", "espalier")
    assert done.returncode != 0
    assert "nothing is changed" in done.stderr
    assert installed.program.exists()
    assert "ok installed" in installed.state()
    assert host.poll() is None
    host.kill()
    host.wait()
    assert installed.dpkg("--remove", "espalier").returncode == 0
    assert not installed.program.exists()


def test_an_engine_whose_host_died_is_waited_for_and_not_signalled(
    installed: Installation, packed: Packing, running: Runner, diary: Path
) -> None:
    engine = running("engine", 0, until="engine runs")
    done = installed.dpkg("--install", packed("1.1.0"))
    assert done.returncode != 0
    assert str(engine.pid) in done.stderr
    engine.communicate()
    assert installed.dpkg("--install", packed("1.1.0")).returncode == 0
    assert "engine was signalled" not in diary.read_text(encoding="utf-8")


def test_the_same_program_elsewhere_is_left_alone(
    installed: Installation, packed: Packing, diary: Path, tmp_path: Path
) -> None:
    words = [sys.executable, installed_espalier.__file__, "stubborn", str(diary), str(LONG)]
    with subprocess.Popen(words) as other:
        wait_for(diary, "host runs")
        assert installed.dpkg("--install", packed("1.1.0")).returncode == 0
        assert installed.dpkg("--remove", "espalier").returncode == 0
        assert other.poll() is None
        other.kill()
    assert "host was asked" not in diary.read_text(encoding="utf-8")


def test_the_same_program_in_a_container_is_left_alone(
    installed: Installation, packed: Packing, diary: Path, tmp_path: Path
) -> None:
    (other := tmp_path / "container").mkdir()
    shutil.copy2(installed.program, other / "espalier")
    folder = installed.program.parent
    environment = {
        **os.environ,
        "PYTHONHOME": sys.base_prefix,
        "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR")),
    }
    mounted = 'mount --bind "$0" "$1" && shift && exec "$@"'
    words = [str(installed.program), installed_espalier.__file__, "stubborn", str(diary), str(LONG)]
    command = ["unshare", "--mount", "sh", "-c", mounted, str(other), str(folder), *words]
    if subprocess.run([*command[:5], str(other), str(folder), "true"], check=False, capture_output=True).returncode:
        pytest.skip("mounts of one's own need root here")
    with subprocess.Popen(command, env=environment) as process:
        wait_for(diary, "host runs")
        assert Path(f"/proc/{process.pid}/exe").readlink() == installed.program
        assert installed.dpkg("--install", packed("1.1.0")).returncode == 0
        assert process.poll() is None
        process.kill()
    assert "host was asked" not in diary.read_text(encoding="utf-8")


@pytest.mark.parametrize("how", ["--remove", "--purge"])
def test_what_was_trained_stays_and_its_place_is_told(installed: Installation, data: Path, how: str) -> None:
    done = installed.dpkg(how, "espalier")
    assert done.returncode == 0, done.stderr
    assert f"\n  {data}\n" in done.stdout
    assert "--base-dir" in done.stdout
    assert (data / "config.toml").read_text(encoding="utf-8") == "[job]\nepochs = 2\n"
    assert not (installed.root / "opt").exists()


def test_nothing_is_told_where_nobody_trained(installed: Installation) -> None:
    assert "stay" not in installed.dpkg("--purge", "espalier").stdout


def test_what_a_python_compiled_beside_the_sources_goes_too(installed: Installation) -> None:
    compiled = installed.program.parent / "_internal" / "sources" / "__pycache__"
    compiled.mkdir(parents=True)
    (compiled / "paths.pyc").touch()
    done = installed.dpkg("--remove", "espalier")
    assert done.returncode == 0
    assert not compiled.exists()


def test_an_older_version_can_be_put_back(installed: Installation, packed: Packing) -> None:
    assert installed.dpkg("--install", packed("1.1.0")).returncode == 0
    assert installed.dpkg("--install", packed("1.0.1rc1")).returncode == 0
    assert installed.version() == "1.0.1~rc1"
