"""What the workflows of continuous integration may do, and that everything they call is there."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from bootstrap.problem import Problem
from installer import commands, signing, windows
from installer.tag import main, require

NAMES = ("test.yml", "release.yml")
SYSTEMS = ["ubuntu-22.04", "windows-2022", "macos-15"]
PATHS = re.compile(r"(?<![\w./$-])(?:(?:packaging|tests|docs|backend|gui)/[\w./-]+|\w+\.(?:py|toml))")


def workflow(project: Path, name: str) -> dict[str, Any]:
    """As it was written; the key `on` too, which YAML takes for a truth."""
    text = (project / ".github" / "workflows" / name).read_text(encoding="utf-8")
    loaded: dict[Any, Any] = yaml.safe_load(text)
    return {"on" if key is True else key: value for key, value in loaded.items()}


def steps(loaded: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in loaded["jobs"].values() for step in job.get("steps", [])]


@pytest.fixture(params=NAMES)
def loaded(project: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    return workflow(project, request.param)


def test_the_same_systems_are_tested_and_built_for(project: Path) -> None:
    test, release = (workflow(project, name)["jobs"] for name in NAMES)
    assert test["test"]["strategy"]["matrix"] == {"system": SYSTEMS, "python": ["3.11", "3.14"]}
    assert release["build"]["strategy"]["matrix"] == {"system": SYSTEMS}


def test_the_oldest_python_that_is_tested_is_the_oldest_that_is_promised(project: Path) -> None:
    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert declared == ">=" + workflow(project, "test.yml")["jobs"]["test"]["strategy"]["matrix"]["python"][0]


def test_only_the_last_job_of_a_release_may_write(project: Path) -> None:
    for name in NAMES:
        loaded = workflow(project, name)
        assert loaded["permissions"] == {"contents": "read"}
        writing = {job for job, told in loaded["jobs"].items() if told.get("permissions")}
        assert writing == ({"publish"} if name == "release.yml" else set())
    publish = workflow(project, "release.yml")["jobs"]["publish"]
    assert publish["permissions"] == {"contents": "write"}
    assert publish["if"] == "github.ref_type == 'tag'"


def test_nothing_is_released_that_was_not_tested(project: Path) -> None:
    jobs = workflow(project, "release.yml")["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/test.yml"
    assert jobs["build"]["needs"] == ["version", "test"]
    assert jobs["publish"]["needs"] == "build"
    assert "workflow_call" in workflow(project, "test.yml")["on"]


def test_actions_are_those_of_github_by_major_version(loaded: dict[str, Any]) -> None:
    used = [step["uses"] for step in steps(loaded) if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"actions/[a-z-]+@v\d+", name)] == []


def test_every_job_ends_by_itself(loaded: dict[str, Any]) -> None:
    endless = [name for name, job in loaded["jobs"].items() if "steps" in job and "timeout-minutes" not in job]
    assert endless == []


def test_a_release_is_not_cancelled_and_never_waits_for_its_own_tests(project: Path) -> None:
    test, release = (workflow(project, name)["concurrency"] for name in NAMES)
    assert test["group"].partition("-")[0] != release["group"].partition("-")[0]
    assert release["cancel-in-progress"] is False


def test_every_path_that_is_named_is_there(loaded: dict[str, Any], project: Path) -> None:
    cached = (step.get("with", {}).get("cache-dependency-path", "") for step in steps(loaded))
    words = [*cached, *(step.get("run", "") for step in steps(loaded))]
    named = {path for text in words for path in PATHS.findall(text)}
    assert "pyproject.toml" in named
    assert [path for path in sorted(named) if not (project / path).exists()] == []


def test_the_build_knows_every_option_that_it_is_given(project: Path) -> None:
    (build,) = [step["run"] for step in steps(workflow(project, "release.yml")) if "build.py" in step.get("run", "")]
    options = re.findall(r"(--[a-z-]+)", build)
    known = commands.parser().format_help()
    assert options
    assert [option for option in options if f" {option} " not in known] == []


def test_the_variables_of_signing_are_those_that_the_build_reads(project: Path) -> None:
    (build,) = [step for step in steps(workflow(project, "release.yml")) if "build.py" in step.get("run", "")]
    read = {signing.IDENTITY_VARIABLE, signing.NOTARY_VARIABLE, windows.SIGN_VARIABLE}
    assert set(build["env"]) == read | {"TORCH_CPU_INDEX"}
    (prepare,) = [step for step in steps(workflow(project, "release.yml")) if "keychain.sh" in step.get("run", "")]
    script = (project / "packaging" / "macos" / "keychain.sh").read_text(encoding="utf-8")
    assert [name for name in prepare["env"] if f"${name}" not in script and f"${{{name}" not in script] == []


def test_secrets_go_to_the_one_step_that_needs_them(loaded: dict[str, Any]) -> None:
    given = [step.get("name") for step in steps(loaded) if "secrets." in str(step)]
    assert given in ([], ["Prepare the signature"])


def test_what_others_may_choose_is_never_part_of_a_command(loaded: dict[str, Any]) -> None:
    """A branch may have any name: as a variable it is one word, in the text of a command it would be commands."""
    assert [step["run"] for step in steps(loaded) if "${{" in step.get("run", "")] == []


def test_no_registry_is_named(project: Path) -> None:
    for name in NAMES:
        text = (project / ".github" / "workflows" / name).read_text(encoding="utf-8")
        assert "://" not in text


def test_a_tag_that_is_another_version_stops_the_release(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    version = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert main([f"v{version}"]) == 0
    assert main([f"v{version}.1"]) == 1
    assert f"pyproject.toml says {version}" in capsys.readouterr().err
    with pytest.raises(Problem, match=r"v0\.2\.0rc1"):
        require("0.2.0rc1", "0.2.0rc1")
