"""Taking files in: an immutable copy by hash, a report, and clear refusals; the source is never touched."""

import hashlib
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.datasets.intake import stored, take_in
from backend.datasets.label import label
from backend.errors import UserError
from backend.paths import Home

ROOT = Path(__file__).parents[3]
ROW = '{{"messages": [{{"role": "user", "content": "q{0}"}}, {{"role": "assistant", "content": "a{0}"}}]}}\n'
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file kinds and rights")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(ROW.format(n) for n in range(5)) + ROW.format(0) + "broken\n", encoding="utf-8")
    return path


def test_a_file_is_copied_by_hash_and_reported(home: Home, source: Path) -> None:
    before = source.read_bytes()
    dataset = take_in(home, source)
    copy = home.dataset(dataset.sha256)
    assert copy.read_bytes() == before == source.read_bytes()
    assert dataset.sha256 == hashlib.sha256(before).hexdigest()
    assert (dataset.name, dataset.bytes) == ("rows.jsonl", len(before))
    report = dataset.report
    assert (report.rows, report.refused, report.duplicates, report.formats) == (6, 1, 1, {"messages": 6})
    assert [line.line for line in report.bad] == [7]


@POSIX
def test_the_copy_is_read_only(home: Home, source: Path) -> None:
    assert stat.S_IMODE(home.dataset(take_in(home, source).sha256).stat().st_mode) == 0o444


def test_the_same_content_is_stored_once_whatever_its_name(home: Home, source: Path, tmp_path: Path) -> None:
    first = take_in(home, source)
    twin = tmp_path / "ROWS.jsonl"
    twin.write_bytes(source.read_bytes())
    second = take_in(home, twin, name="my rows")
    assert first.sha256 == second.sha256
    assert second.name == "my rows"
    assert len(list(home.datasets.iterdir())) == 1


def test_a_damaged_copy_is_noticed_and_replaced(home: Home, source: Path) -> None:
    sha256 = take_in(home, source).sha256
    assert stored(home, sha256)
    copy = home.dataset(sha256)
    copy.chmod(0o644)
    copy.write_bytes(b"x" + copy.read_bytes()[1:])
    assert not stored(home, sha256)
    take_in(home, source)
    assert stored(home, sha256)


def test_progress_reaches_the_total_and_never_falls(home: Home, source: Path) -> None:
    told: list[tuple[int, int]] = []
    take_in(home, source, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert {total for _, total in told} == {2 * source.stat().st_size}
    assert told[-1][0] == told[-1][1]


def test_a_file_whose_reading_ends_early_is_still_copied_whole(home: Home, tmp_path: Path) -> None:
    source = tmp_path / "array.json"
    source.write_text(f"[{ROW.format(1)}] and then\n" + "no rows\n" * 500_000, encoding="utf-8")
    dataset = take_in(home, source)
    assert dataset.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert (dataset.report.rows, dataset.report.refused) == (1, 1)


def test_only_the_first_fifty_bad_lines_are_kept_and_all_are_counted(home: Home, tmp_path: Path) -> None:
    source = tmp_path / "many.jsonl"
    source.write_text("broken\n" * 80 + ROW.format(1), encoding="utf-8")
    report = take_in(home, source).report
    assert (len(report.bad), report.refused, report.rows) == (50, 80, 1)


def make_nothing(path: Path) -> None:
    """The name stays without a file."""


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (make_nothing, "There is no file"),
    "empty": (Path.touch, "is empty"),
    "folder": (Path.mkdir, "is a folder"),
    "blank lines": (lambda path: path.write_text("\n\n", encoding="utf-8"), "only blank lines"),
    "no usable row": (
        lambda path: path.write_text("x\ny\n", encoding="utf-8"),
        "2 lines were refused, the first at line 1",
    ),
    "one unusable row": (lambda path: path.write_text("x", encoding="utf-8"), "1 line was refused"),
    "gzip": (lambda path: path.write_bytes(b"\x1f\x8b" + b"x" * 40), "compressed with gzip"),
    "UTF-16": (lambda path: path.write_text(ROW.format(1), encoding="utf-16"), "UTF-16"),
}
if sys.platform != "win32":
    REFUSED["FIFO"] = (os.mkfifo, "is a pipe")
    REFUSED["socket"] = (make_socket, "is a socket")
    REFUSED["device"] = (lambda path: path.symlink_to("/dev/zero"), "is a device")
    REFUSED["link to nothing"] = (lambda path: path.symlink_to("nowhere"), "There is no file")
    REFUSED["link to itself"] = (lambda path: path.symlink_to(path.name), "cannot be read")


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trained_is_refused_with_a_hint(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets end at 108 bytes
    make, message = REFUSED[case]
    make(Path("input"))
    with pytest.raises(UserError, match=message) as raised:
        take_in(home, Path("input"))
    assert raised.value.hint
    assert list(home.datasets.iterdir()) == []


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """For root every file is readable; these tests run as nobody."""
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@POSIX
def test_a_file_without_the_right_to_read_is_refused(home: Home, source: Path, request: pytest.FixtureRequest) -> None:
    source.chmod(0)
    request.getfixturevalue("unprivileged")
    with pytest.raises(UserError, match="cannot be read: Permission denied") as raised:
        take_in(home, source)
    assert raised.value.hint


@pytest.mark.parametrize("after_bytes", [0, 1], ids=["while it is scanned", "while it is copied"])
@pytest.mark.parametrize("change", ["longer", "shorter", "other"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    home: Home, source: Path, change: str, after_bytes: int
) -> None:
    size = source.stat().st_size
    moment = source.stat().st_mtime_ns

    def disturb(done: int, total: int) -> None:
        if done != size * (1 + after_bytes) or total != 2 * size:
            return
        content = {"longer": b"more\n" * 9, "shorter": b"", "other": b"X" * size}[change]
        source.write_bytes(source.read_bytes() + content if change == "longer" else content)
        os.utime(source, ns=(moment, moment + 10**9))

    with pytest.raises(UserError, match="changed while it was read") as raised:
        take_in(home, source, progress=disturb)
    assert raised.value.hint
    assert list(home.datasets.iterdir()) == []


def test_content_that_changes_between_reading_and_copying_never_takes_the_name(home: Home, source: Path) -> None:
    size, moment = source.stat().st_size, source.stat().st_mtime_ns
    original = source.read_bytes()
    swapped = original.replace(b"q1", b"Q1")

    def disturb(done: int, total: int) -> None:
        if done == size and source.read_bytes() == original:
            with source.open("r+b") as stream:
                stream.write(swapped)
            os.utime(source, ns=(moment, moment))  # as if nothing had happened

    with pytest.raises(UserError, match="changed while it was read"):
        take_in(home, source, progress=disturb)
    assert list(home.datasets.iterdir()) == []


@POSIX
def test_a_link_to_a_file_is_read(home: Home, source: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.jsonl"
    link.symlink_to(source)
    assert take_in(home, link).name == "link.jsonl"
    with pytest.raises(UserError, match="is a link"):
        take_in(home, link, follow=False)
    assert take_in(home, source, follow=False).name == "rows.jsonl"


@POSIX
def test_a_link_that_is_put_there_at_the_last_moment_is_not_followed(
    home: Home, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link.jsonl"
    link.symlink_to(source)
    status = source.stat()
    with monkeypatch.context() as deceived:
        deceived.setattr(Path, "stat", lambda _path, follow_symlinks=True: status)
        with pytest.raises(UserError, match="cannot be read"):
            take_in(home, link, follow=False)


def test_several_processes_take_the_same_file_in_at_once(home: Home, source: Path) -> None:
    source.write_text("".join(ROW.format(n) for n in range(20_000)), encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from backend.paths import Home;"
        "from backend.datasets.intake import take_in;"
        "print(take_in(Home(Path(sys.argv[1])), Path(sys.argv[2])).sha256)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, home.root, source], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(4)
    ]
    said = {process.communicate()[0].strip() for process in started}
    assert [process.returncode for process in started] == [0] * 4
    [sha256] = said
    assert stored(home, sha256)
    assert [path.name for path in home.datasets.iterdir()] == [f"{sha256}.jsonl"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("rows.jsonl", "rows.jsonl"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\rows.jsonl", "rows.jsonl"),
        ("two\nlines\t.jsonl", "two lines .jsonl"),
        ("CON", "CON"),
        ("..", ".."),
        ("", "dataset"),
        ("\x00\x1b[31m", "[31m"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("x" * 300, "x" * 255),
        ("\udcff.jsonl", "?.jsonl"),
        ("Ärger 🌳.jsonl", "Ärger 🌳.jsonl"),
    ],
)
def test_a_name_is_made_safe_to_show(name: str, shown: str) -> None:
    assert label(name) == shown
