"""What tests do to the backups of a home through its host, on the scripted engine and the scripted trial."""

import subprocess
from pathlib import Path

from backend.domain.backup import Backup, BackupType, Subject
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from tests.fakes.hosting import Bench
from tests.fakes.version_host import done


def listed(bench: Bench) -> k.BackupsReply:
    reply = bench.ask(k.ListBackups())
    assert isinstance(reply, k.BackupsReply), reply
    return reply


def back_up(
    bench: Bench, subject: Subject = Subject.HEAD, of: str = "", backup_type: BackupType = BackupType.MANUAL
) -> Backup:
    """Take one and return it as it is listed."""
    done(bench, k.CreateBackup(subject=subject, of=of, backup_type=backup_type))
    return listed(bench).backups[-1]


def use_second(bench: Bench, location: Path) -> None:
    bench.do(p.PutSetting(key="backup.second_location", value=str(location)))


def check_sums(folder: Path) -> None:
    """By the tool that everybody has."""
    command = ["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"]
    checked = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def home_folder(home: Home, backup: Backup) -> Path:
    return home.backups / backup.path
