"""What the documents say is there: commands, files, the version, and nothing of one machine."""

import re
import tomllib
from pathlib import Path

import pytest

from backend.cli.main import main
from backend.errors import ExitStatus

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/guide.md", "docs/cli.md", "docs/api.md", "docs/packaging.md")
CALLS = re.compile(r"espalier ([a-z][a-z-]*)(?: ([a-z|\\-]+))?")
LINKS = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def calls(text: str) -> set[tuple[str, ...]]:
    """Words of each call in backquotes or code blocks; `queue add|list` means two calls."""
    code = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    found = [match for part in code for match in CALLS.findall(part)]
    return {(name, word) if word else (name,) for name, words in found for word in re.split(r"\\?\|", words)}


def unknown_calls(text: str) -> list[tuple[str, ...]]:
    return [words for words in sorted(calls(text)) if main([*words, "--help"]) != ExitStatus.DONE]


def test_calls_are_read_from_code_and_not_from_prose() -> None:
    text = (
        r"espalier is fine. `espalier train FILE` `espalier queue add\|list` espalier queue x"
        "\n```\nespalier demo\n```"
    )
    assert calls(text) == {("train",), ("queue", "add"), ("queue", "list"), ("demo",)}


@pytest.mark.parametrize("call", ["levitate", "queue explode"])
def test_a_command_that_does_not_exist_is_found(call: str) -> None:
    assert unknown_calls(f"`espalier {call}`") == [tuple(call.split())]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_in_the_documents_exists(root: Path, name: str) -> None:
    assert unknown_calls((root / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_to_a_file(root: Path, name: str) -> None:
    document = root / name
    links = LINKS.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_changelog_knows_the_version(root: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_two_commands_come_first(root: Path) -> None:
    first = (root / "README.md").read_text(encoding="utf-8").split("```")[1].splitlines()
    assert [line.split("#")[0].strip() for line in first if line] == ["python3 start.py", "python3 start.py test"]


def test_decisions_are_numbered_without_gaps(root: Path) -> None:
    names = sorted(path.name for path in (root / "docs" / "decisions").iterdir())
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(re.fullmatch(r"\d{4}(-[a-z0-9]+)+\.md", name) for name in names)


def test_the_licence_is_the_one_that_is_declared(root: Path) -> None:
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"]
    text = (root / "LICENSE").read_text(encoding="utf-8")
    assert declared == "Apache-2.0"
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
