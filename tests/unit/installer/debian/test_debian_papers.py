"""The files for desktop and terminal agree with the program, and those who know their formats find nothing wrong."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from configparser import RawConfigParser
from pathlib import Path

import pytest

from backend.cli.arguments import COMMANDS
from backend.errors import ExitStatus
from gui.__main__ import CHILDREN
from tests.unit.installer.debian.conftest import PROJECT

FILES = PROJECT / "packaging" / "linux"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


def checked_by(*command: object) -> None:
    """A program that is not here checks nothing."""
    words = list(map(str, command))
    if shutil.which(words[0]) is not None:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


def section(page: str, name: str) -> str:
    return re.split(r"^\.SH ", page.partition(f".SH {name}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.fixture(scope="module")
def page() -> str:
    return (FILES / "espalier.1").read_text(encoding="utf-8")


def test_the_page_knows_every_command_and_no_other(page: str) -> None:
    heads = re.findall(r"^\.TP\n\.(?:BR?|BR) (.+)$", section(page, "COMMANDS"), re.MULTILINE)
    named = {name for head in heads for name in re.findall(r"[a-z]+", re.sub(r'"[^"]*"', " ", head))}
    assert named == COMMANDS


def test_the_page_knows_every_exit_status(page: str) -> None:
    told = re.findall(r"^\.B (\d)$", section(page, "EXIT STATUS"), re.MULTILINE)
    assert set(map(int, told)) == {int(status) for status in ExitStatus}


def test_the_page_can_be_shown() -> None:
    if shutil.which("man") is not None:
        done = subprocess.run(
            ["man", "--warnings", "-l", str(FILES / "espalier.1")], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    checked_by("mandoc", "-T", "lint", "-W", "error", FILES / "espalier.1")


def test_the_entry_opens_what_the_mime_type_names() -> None:
    entry = RawConfigParser(delimiters="=", interpolation=None)
    entry.read(FILES / "espalier.desktop", encoding="utf-8")
    desktop = entry["Desktop Entry"]
    assert desktop["Exec"] == "espalier %F"
    assert desktop["Icon"] == desktop["StartupWMClass"] == "espalier"
    mime = ElementTree.parse(FILES / "espalier.xml").getroot()
    [kind] = mime
    assert [glob.get("pattern") for glob in kind.iter(f"{MIME}glob")] == ["*.jsonl"]
    spelled = {kind.get("type"), *(alias.get("type") for alias in kind.iter(f"{MIME}alias"))}
    assert spelled == set(desktop["MimeType"].strip(";").split(";"))
    checked_by("desktop-file-validate", FILES / "espalier.desktop")


def test_a_desktop_takes_jsonl_for_what_it_is(tmp_path: Path) -> None:
    if shutil.which("update-mime-database") is None:
        pytest.skip("shared-mime-info is not here")
    (folder := tmp_path / "mime" / "packages").mkdir(parents=True)
    shutil.copy(FILES / "espalier.xml", folder)
    subprocess.run(["update-mime-database", str(tmp_path / "mime")], check=True)
    assert "application/jsonl:*.jsonl" in (tmp_path / "mime" / "globs").read_text(encoding="utf-8")


def test_the_application_is_called_the_same_everywhere() -> None:
    store = ElementTree.parse(FILES / "espalier.metainfo.xml").getroot()
    assert store.findtext("id") == "espalier"
    assert store.findtext("launchable") == "espalier.desktop"
    assert store.findtext("project_license") == "Apache-2.0"


@pytest.mark.parametrize("name", ["prerm", "postrm"])
def test_the_scripts_are_plain_sh(name: str) -> None:
    checked_by("dash", "-n", FILES / name)
    checked_by("shellcheck", "--shell=sh", FILES / name)


def test_children_of_a_running_program_are_left_to_it() -> None:
    script = (FILES / "prerm").read_text(encoding="utf-8")
    [left_alone] = re.findall(r"^\s+(--\S+(?: \| --\S+)*)\) continue", script, re.MULTILINE)
    assert set(CHILDREN) <= set(left_alone.split(" | "))
