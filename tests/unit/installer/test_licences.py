"""Everything in the bundle has an owner and a licence text, or the build fails."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest
from bootstrap.places import Places
from bootstrap.problem import Problem
from installer import licences, toc, works
from installer.toc import Bundled
from installer.works import Work

PLACES = Places(Path(__file__).parents[3])


def bundled(*sources: Path) -> list[Bundled]:
    return [Bundled(source.name, source) for source in sources]


def module(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)


def test_packages_python_and_our_own_files_are_told_apart() -> None:
    own = PLACES.root / "backend" / "paths.py"
    found = works.works_in(PLACES, bundled(own, module("json"), module("msgspec"), module("PySide6"), module("torch")))
    assert [work.name for work in found] == ["msgspec", "PySide6_Essentials", "Python", "torch"]
    by_name = {work.name: work for work in found}
    assert by_name["msgspec"].licence.startswith("BSD")
    assert "Copyright" in by_name["msgspec"].texts[0]
    assert any("GNU LESSER GENERAL PUBLIC LICENSE" in text for text in by_name["PySide6_Essentials"].texts)
    assert any("TERMS AND CONDITIONS" in text for text in by_name["PySide6_Essentials"].texts)
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in by_name["Python"].texts[0]
    assert len(by_name["torch"].texts) > 20, "the libraries that PyTorch holds have licences of their own"


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="only Debian knows whose a library of the system is")
def test_a_library_of_the_system_has_the_licence_of_its_package() -> None:
    library = next(Path("/lib").glob("*-linux-gnu/libz.so.1"))
    [work] = works.works_in(PLACES, bundled(library))
    assert work.name == "zlib1g"
    assert "Mark Adler" in work.texts[0]


def test_a_file_that_is_nobodys_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "stray.so").touch()
    with pytest.raises(Problem, match=r"stray\.so"):
        works.works_in(PLACES, bundled(tmp_path / "stray.so"))


def test_a_work_without_a_text_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"shy 1\.0"):
        licences.write(PLACES, [Work("shy", "1.0", "MIT", ())], tmp_path / licences.NAME)
    assert not (tmp_path / licences.NAME).exists()


def test_a_text_that_two_share_is_given_once() -> None:
    text = licences.told([Work("a", "1", "MIT", ("The text.",)), Work("b", "2", "MIT", ("The text.", "More."))])
    assert text.count("The text.") == 1
    assert "The same text as of a 1." in text
    assert "More." in text


def test_the_file_says_how_qt_is_replaced_and_begins_with_our_own(tmp_path: Path) -> None:
    licences.write(PLACES, works.works_in(PLACES, bundled(module("PySide6"))), tmp_path / licences.NAME)
    text = (tmp_path / licences.NAME).read_text(encoding="utf-8")
    assert "may be replaced" in text
    assert text.index("Apache License") < text.index("GNU LESSER")


def test_the_list_of_frozen_files_is_kept_without_links_and_folders(tmp_path: Path) -> None:
    toc.write(
        tmp_path,
        [("b", "/src/b.py", "PYMODULE"), ("a", "/src/a.so", "BINARY"), ("l", "a", "SYMLINK"), ("n", "-", "PYMODULE")],
    )
    assert toc.read(tmp_path) == [Bundled("a", Path("/src/a.so")), Bundled("b", Path("/src/b.py"))]


def test_it_knows_every_package_that_the_program_needs() -> None:
    """Those that carry no text of their own are named in TEXTS_FOR: a new dependency shows here, not at the release."""
    names = ("transformers", "peft", "tokenizers", "shiboken6", "numpy", "jinja2", "huggingface_hub", "psutil", "regex")
    files = [module(name) for name in (*names, "rapidfuzz", "tomlkit", "sqlite_utils", "wakepy", "watchfiles", "gguf")]
    found = works.works_in(PLACES, bundled(*files))
    assert len(found) == len(files), sys.path
    assert [work.title for work in found if not work.texts] == []
