"""What macOS is told of the application, and how it is signed and packed. Apple's own programs run on macOS only."""

import plistlib
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from bootstrap.problem import Problem
from installer import macos, signing

from tests.fakes.stand_in import StandIn

LISTS_WHAT_IT_PACKS = """[ "$1" = create ] || exit 0
for image; do :; done
ls -lR "$5" >"$image"
"""
WHO = "Developer ID Application: Jane Doe (ABCDE12345)"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """What PyInstaller leaves: the folder, and the application beside it."""
    folder = tmp_path / "dist" / "espalier"
    folder.mkdir(parents=True)
    for name in macos.PAPERS:
        (folder / name).write_text(name, encoding="utf-8")
    resources = folder.with_name("Espalier.app") / "Contents" / "Resources"
    resources.mkdir(parents=True)
    (resources.parent / "Info.plist").write_bytes(plistlib.dumps(macos.information("0.1.0")))
    return folder


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody signs, whatever this machine is set up for."""
    monkeypatch.delenv(signing.IDENTITY_VARIABLE, raising=False)
    monkeypatch.delenv(signing.NOTARY_VARIABLE, raising=False)


def test_the_application_says_its_version_and_what_it_needs(project: Path) -> None:
    version = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    told = macos.information(version)
    assert told["CFBundleShortVersionString"] == told["CFBundleVersion"] == macos.short(version)
    assert re.fullmatch(r"\d+\.\d+\.\d+", told["CFBundleVersion"])
    assert told["CFBundleIdentifier"] == "espalier"
    assert told["NSHighResolutionCapable"] is True
    assert told["LSMinimumSystemVersion"] == "14.0"


def test_open_with_offers_it_for_jsonl_and_takes_nothing_over() -> None:
    told = macos.information("0.1.0")
    (kind,) = told["CFBundleDocumentTypes"]
    (declared,) = told["UTImportedTypeDeclarations"]
    assert kind["LSItemContentTypes"] == [declared["UTTypeIdentifier"]]
    assert kind["LSHandlerRank"] == "Alternate"
    assert declared["UTTypeTagSpecification"]["public.filename-extension"] == ["jsonl"]


def test_what_the_hardened_runtime_allows_is_little_and_each_has_its_reason(project: Path) -> None:
    data = macos.entitlements().read_bytes()
    allowed = plistlib.loads(data)
    assert allowed == {
        "com.apple.security.cs.allow-jit": True,
        "com.apple.security.cs.allow-unsigned-executable-memory": True,
    }
    assert b"<!--" not in data
    reasons = (project / "docs" / "packaging.md").read_text(encoding="utf-8")
    assert [name for name in allowed if f"`{name}`" not in reasons] == []


def test_the_image_holds_the_application_its_papers_and_a_link(
    bundle: Path, stand_in: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed, made = stand_in("codesign"), stand_in("hdiutil", LISTS_WHAT_IT_PACKS)
    stand_in("ditto", 'cp -R "$1" "$2"')
    target = tmp_path / "dist" / "espalier.dmg"
    assert macos.package(bundle, "0.1.0", target) == target
    inside = target.read_text(encoding="utf-8")
    assert "Applications -> /Applications" in inside
    assert all(name in inside for name in macos.PAPERS)
    create, verify = made.read_text(encoding="utf-8").splitlines()
    assert create.startswith("create -volname Espalier")
    assert verify == f"verify {target}"
    assert "--sign - " in signed.read_text(encoding="utf-8")
    said = capsys.readouterr().err
    assert "is not signed" in said
    assert "is not notarised" in said


def test_a_busy_volume_is_tried_again(stand_in: StandIn, tmp_path: Path, project: Path) -> None:
    made = stand_in("hdiutil", f"test $(wc -l <{tmp_path}/hdiutil-calls) -ge 2")
    stand_in("ditto", 'mkdir -p "$2"')
    stand_in("sleep")
    script = project / "packaging" / "macos" / "dmg.sh"
    subprocess.run(["bash", script, tmp_path / "Espalier.app", tmp_path / "image.dmg"], check=True)
    assert [line.split()[0] for line in made.read_text(encoding="utf-8").splitlines()] == ["create", "create", "verify"]


def test_an_image_that_cannot_be_made_is_told(bundle: Path, stand_in: StandIn, tmp_path: Path) -> None:
    stand_in("codesign")
    stand_in("ditto", 'mkdir -p "$2"')
    stand_in("sleep")
    stand_in("hdiutil", "echo no space left; exit 1")
    with pytest.raises(Problem, match="no space left"):
        macos.package(bundle, "0.1.0", tmp_path / "espalier.dmg")


def test_who_has_an_identity_signs_and_has_it_notarised(
    bundle: Path, stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(signing.IDENTITY_VARIABLE, WHO)
    monkeypatch.setenv(signing.NOTARY_VARIABLE, "espalier")
    signed, asked = stand_in("codesign"), stand_in("xcrun")
    stand_in("hdiutil", 'for image; do :; done; : >"$image"')
    stand_in("ditto", 'cp -R "$1" "$2"')
    target = macos.package(bundle, "0.1.0", tmp_path / "espalier.dmg")
    application, verified, image = signed.read_text(encoding="utf-8").splitlines()
    assert application.startswith(f"--force --sign {WHO} --options runtime --timestamp --entitlements ")
    assert verified.startswith("--verify --deep --strict")
    assert image == f"--force --sign {WHO} --timestamp {target}"
    submitted, stapled = asked.read_text(encoding="utf-8").splitlines()
    assert submitted == f"notarytool submit {target} --keychain-profile espalier --wait --timeout 1h"
    assert stapled == f"stapler staple {target}"


def test_a_refusal_of_apple_fails_the_build(stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(signing.IDENTITY_VARIABLE, WHO)
    stand_in("xcrun", "echo status: Invalid; exit 1")
    with pytest.raises(Problem, match=r"xcrun notarytool submit failed.*\n.*Invalid"):
        signing.notarise(tmp_path / "espalier.dmg", {signing.NOTARY_VARIABLE: "p", signing.IDENTITY_VARIABLE: WHO})


def test_an_application_of_another_version_is_not_packed(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"0\.1\.0, and 0\.2\.0"):
        macos.package(bundle, "0.2.0", tmp_path / "espalier.dmg")


def test_where_no_application_was_made_the_user_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"no Espalier\.app") as told:
        macos.package(tmp_path / "espalier", "0.1.0", tmp_path / "espalier.dmg")
    assert "macOS" in told.value.hint


def test_where_apples_tools_are_missing_the_user_is_told(stand_in: StandIn, tmp_path: Path) -> None:
    if shutil.which("codesign"):
        pytest.skip("Apple's tools are here")
    with pytest.raises(Problem, match="codesign is missing"):
        signing.sign(tmp_path / "Espalier.app", macos.entitlements())
