"""How Inno Setup is found and called, and what its script may say. The compiler itself runs on Windows only."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from bootstrap.problem import Problem
from installer import windows

from backend.presence import MUTEX
from tests.fakes.stand_in import StandIn

SECTIONS = {
    "Setup",
    "Messages",
    "CustomMessages",
    "Tasks",
    "InstallDelete",
    "Files",
    "Icons",
    "Registry",
    "Run",
    "Code",
}
BUILT_IN_MESSAGES = {"CreateDesktopIcon", "AdditionalIcons", "LaunchProgram"}
FOLDERS = {"app", "autopf", "autoprograms", "autodesktop", "localappdata"}
TAKES_AWAY = ("DelTree", "DeleteFile", "RemoveDir", "RegDelete", "DeleteIni", "Exec(", "ShellExec", "RenameFile")


def sections(text: str) -> dict[str, list[str]]:
    """The lines of each section, without comments and directives of the preprocessor."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            lines = found.setdefault(match[1], [])
        elif line.strip() and not line.startswith((";", "#")):
            lines.append(line)
    return found


def entry(line: str) -> dict[str, str]:
    """The parameters of one line of a section such as [Files]."""
    found = re.findall(r'(\w+): ((?:"(?:[^"]|"")*")|[^;]+)', line)
    return {name: re.sub(r'^"(.*)"$', r"\1", value).replace('""', '"') for name, value in found}


@pytest.fixture
def text(project: Path) -> str:
    return (project / "packaging" / "windows" / "espalier.iss").read_text(encoding="utf-8")


@pytest.fixture
def script(text: str) -> dict[str, list[str]]:
    return sections(text)


@pytest.fixture
def code(script: dict[str, list[str]]) -> str:
    """Without comments and without what stands in quotes."""
    return re.sub(r"'[^'\n]*'|\{[^{}]*\}", "", "\n".join(script["Code"]))


def test_the_parser_of_these_tests_reads_sections_and_entries() -> None:
    read = sections('; no\n[Setup]\nA=b\n#ifdef X\n[Files]\nSource: "a ""b"""; DestDir: {app}; Flags: x y\n')
    assert read["Setup"] == ["A=b"]
    assert entry(read["Files"][0]) == {"Source": 'a "b"', "DestDir": "{app}", "Flags": "x y"}


def test_nothing_of_the_user_is_deleted(script: dict[str, list[str]], code: str) -> None:
    assert set(script) == SECTIONS  # no [UninstallDelete], no [UninstallRun]
    deleted = [entry(line) for line in script["InstallDelete"]]
    assert deleted == [{"Type": "filesandordirs", "Name": r"{app}\_internal", "Check": "IsUpgrade"}]
    assert [word for word in TAKES_AWAY if word in code] == []


def test_it_is_the_same_program_for_windows_with_every_version(script: dict[str, list[str]]) -> None:
    assert "AppId={{A4D8BE9E-D6DE-4CB6-9646-9D192E652547}" in script["Setup"]
    assert "DefaultDirName={autopf}\\Espalier" in script["Setup"]
    assert "PrivilegesRequired=lowest" in script["Setup"]


def test_every_file_it_names_is_there(script: dict[str, list[str]], project: Path) -> None:
    folder = project / "packaging" / "windows"
    named = [entry(line)["Source"] for line in script["Files"]]
    named += [line.partition("=")[2] for line in script["Setup"] if line.startswith("LicenseFile=")]
    own = [name for name in named if not name.startswith("{#Bundle}\\")]
    assert own == ["espalier.cmd", "..\\..\\LICENSE"]
    assert [name for name in own if not (folder / name.replace("\\", "/")).is_file()] == []


def test_what_is_excluded_comes_by_itself(script: dict[str, list[str]]) -> None:
    files = [entry(line) for line in script["Files"]]
    (whole,) = [file for file in files if file["Source"] == "{#Bundle}\\*"]
    alone = ["\\" + file["Source"].removeprefix("{#Bundle}\\") for file in files if file["Source"].endswith(".exe")]
    assert whole["Excludes"].split(",") == alone
    assert "recursesubdirs" in whole["Flags"]


def test_every_constant_is_known(text: str) -> None:
    defined = set(re.findall(r"^ *#define (\w+)", text, re.MULTILINE))
    handed_in = {"Version", "NumericVersion", "Bundle", "Icon", "Architectures"}
    assert set(re.findall(r"\{#(\w+)\}", text)) <= defined | handed_in
    assert set(re.findall(r"(?<!\{)\{(\w+)[}\\]", text.partition("[Code]")[0])) <= FOLDERS
    own = set(re.findall(r"^(\w+)=", "\n".join(sections(text)["CustomMessages"]), re.MULTILINE))
    used = set(re.findall(r"\{cm:(\w+)", text))
    told = set(re.findall(r"(?:CustomMessage|Told)\('(\w+)'", text))
    assert used | told == own | BUILT_IN_MESSAGES


def test_every_check_and_task_is_defined(script: dict[str, list[str]]) -> None:
    whole = "\n".join(line for lines in script.values() for line in lines)
    functions = set(re.findall(r"^(?:function|procedure) (\w+)", whole, re.MULTILINE))
    assert set(re.findall(r"Check: (\w+)", whole)) <= functions
    tasks = {entry(line)["Name"] for line in script["Tasks"]}
    used = set(re.findall(r"Tasks: (\w+)", whole)) | set(re.findall(r"WizardIsTaskSelected\('(\w+)'\)", whole))
    assert used == tasks


def test_the_code_is_balanced(code: str) -> None:
    assert len(re.findall(r"\bbegin\b", code)) == len(re.findall(r"\bend;", code)) > 0
    assert code.count("(") == code.count(")")
    assert "'" not in code


def test_setup_waits_for_what_the_program_holds(text: str) -> None:
    assert f'#define Mutexes "{MUTEX},Global\\{MUTEX}"' in text
    assert "AppMutex={#Mutexes}" in text
    assert "CheckForMutexes('{#Mutexes}')" in text
    assert "CloseApplications=no" in text


def test_no_way_leads_among_the_data(script: dict[str, list[str]]) -> None:
    """A silent run shows no page on which NextButtonClick could refuse a folder."""
    functions = "\n".join(script["Code"]).split("\nfunction ")
    refusing = {
        function.partition("(")[0] for function in functions if "AmongTheData" in function.partition("begin")[2]
    }
    assert refusing == {"NextButtonClick", "PrepareToInstall"}


def test_jsonl_files_keep_what_opens_them(script: dict[str, list[str]]) -> None:
    entries = [entry(line) for line in script["Registry"]]
    offered = [row for row in entries if row["Subkey"].startswith("Software\\Classes\\.jsonl")]
    assert [(row["Subkey"].rpartition("\\")[2], row["ValueName"]) for row in offered] == [
        ("OpenWithProgids", "Espalier.jsonl")
    ]
    assert {row["Root"] for row in entries} == {"HKA"}
    commands = [row["ValueData"] for row in entries if row["Subkey"].endswith("command")]
    assert commands == ['"{app}\\espalier.exe" "%1"'] * 2  # quoted: folders have spaces in their names


def test_the_command_of_a_terminal_calls_the_program_with_a_console(project: Path) -> None:
    assert (project / "packaging" / "windows" / "espalier.cmd").read_bytes() == (b'@"%~dp0..\\espalier-cli.exe" %*\r\n')


def test_the_compiler_gets_all_that_the_script_asks_for(
    stand_in: StandIn, tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "AMD64")
    monkeypatch.setenv(windows.SIGN_VARIABLE, "signtool sign $f")
    target = tmp_path / "out" / "espalier-0.1.0-windows-x86_64-setup.exe"
    target.parent.mkdir()
    calls = stand_in(
        "ISCC", f'for word; do case "$word" in /DIcon=*) test -s "${{word#/DIcon=}}";; esac; done\n>{target}'
    )
    assert windows.package(tmp_path / "dist" / "espalier", "0.1.0", target) == target
    told = calls.read_text(encoding="utf-8")
    for name in set(re.findall(r"\{#(\w+)\}", text)) - {"Mutexes", "Signed"} | {"Sign"}:
        assert f"/D{name}=" in told
    assert "/DArchitectures=x64compatible" in told
    assert f"/F{target.stem} " in told
    assert "/Sespalier=signtool sign $f" in told
    assert told.rstrip().endswith(str(Path("packaging", "windows", "espalier.iss")))


def test_what_the_compiler_complained_of_is_told(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in("ISCC", "echo Error on line 7: no such file >&2; exit 2")
    with pytest.raises(Problem, match="line 7") as told:
        windows.package(tmp_path, "0.1.0", tmp_path / "setup.exe")
    assert "espalier.iss" in told.value.hint


def test_the_compiler_is_found_where_its_installer_puts_it(tmp_path: Path) -> None:
    program = tmp_path / "Programs" / "Inno Setup 6" / "ISCC.exe"
    program.parent.mkdir(parents=True)
    program.touch()
    assert windows.compiler({"LOCALAPPDATA": str(tmp_path), "PATH": ""}) == program
    with pytest.raises(Problem, match="Inno Setup 6") as told:
        windows.compiler({"ProgramFiles": str(tmp_path), "PATH": ""})
    assert "winget install" in told.value.hint


@pytest.mark.parametrize(
    ("version", "numbers"), [("0.1.0", "0.1.0.0"), ("1.2", "1.2.0.0"), ("0.2.0rc1", "0.2.0.0"), ("1.2.3.4", "1.2.3.4")]
)
def test_windows_gets_four_numbers(version: str, numbers: str) -> None:
    assert windows.numeric(version) == numbers


@pytest.mark.parametrize(("machine", "words"), [("AMD64", "x64compatible"), ("ARM64", "arm64")])
def test_the_machine_decides_where_it_may_be_installed(machine: str, words: str) -> None:
    assert windows.architectures(machine) == words


def test_a_machine_without_windows_is_told() -> None:
    with pytest.raises(Problem, match="riscv64"):
        windows.architectures("riscv64")


def test_what_explorer_shows_is_one_expression_with_the_version_in_it(project: Path) -> None:
    version = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    told = windows.version_resource(version)
    assert isinstance(ast.parse(told.strip(), mode="eval").body, ast.Call)
    assert f"StringStruct('ProductVersion', '{version}')" in told
    assert "StringTable('040904B0'" in told
