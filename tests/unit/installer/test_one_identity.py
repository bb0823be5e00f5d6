"""Every system knows the program by the same name, and files of rows by the same kind."""

import configparser
from pathlib import Path

import pytest
from installer import macos

from gui.app import application

ID = "espalier"


@pytest.fixture
def entry(project: Path) -> configparser.SectionProxy:
    desktop = configparser.ConfigParser(interpolation=None)
    desktop.read(project / "packaging" / "linux" / f"{ID}.desktop", encoding="utf-8")
    return desktop["Desktop Entry"]


def test_desktops_find_the_window_of_the_program_they_started(entry: configparser.SectionProxy) -> None:
    assert entry["StartupWMClass"] == ID
    assert f'setDesktopFileName("{ID}")' in Path(application.__code__.co_filename).read_text(encoding="utf-8")
    assert macos.information("0.1.0")["CFBundleIdentifier"] == ID


def test_rows_are_the_same_kind_of_file_everywhere(entry: configparser.SectionProxy, project: Path) -> None:
    (declared,) = macos.information("0.1.0")["UTImportedTypeDeclarations"]
    (mime,) = declared["UTTypeTagSpecification"]["public.mime-type"]
    assert mime in entry["MimeType"].split(";")
    script = (project / "packaging" / "windows" / "espalier.iss").read_text(encoding="utf-8")
    assert script.count('"Software\\Classes\\.jsonl\\OpenWithProgids"') == 1


def test_the_version_is_written_in_one_place(project: Path) -> None:
    """The packages are told it; a second one would be forgotten."""
    script = (project / "packaging" / "windows" / "espalier.iss").read_text(encoding="utf-8")
    assert "AppVersion={#Version}" in script
    assert "Version" not in (project / "packaging" / "macos" / "Info.plist").read_text(encoding="utf-8").replace(
        "LSMinimumSystemVersion", ""
    ).replace('<plist version="1.0">', "")
