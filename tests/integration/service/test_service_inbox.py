"""Files that appear in the inbox: queued once, with their level, then put away; what cannot be queued is told."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from backend.domain.job import JobState, Priority
from backend.inbox import look as looks
from backend.inbox.porter import Porter
from backend.paths import Home
from backend.protocol import host as p
from backend.service import Service
from backend.store.journal import Fact
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script

DRIVER = Path(__file__).parents[2] / "drivers" / "inbox_host.py"
POINTS = ("copied", "committing", "queued", "moving", "moved", "noting")
FILES = Script(steps=2)


def drop(home: Home, name: str, content: str = "") -> Path:
    """A whole file, put there as a careful program does it."""
    place = home.inbox / name
    place.parent.mkdir(parents=True, exist_ok=True)
    unseen = place.with_name(f".{place.name[:20]}.new")
    unseen.write_text(content or f'{{"text": "{name}"}}\n', encoding="utf-8")
    return unseen.replace(place)


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def settled(bench: Bench) -> bool:
    """Whether nothing lies in the inbox that is still to be decided or moved, and the host knows it."""
    assert isinstance(bench.host, Service)
    waits = looks.look(bench.home.inbox).files
    return not waits and not bench.host._inbox.busy and bench.host._store.facts.get(Fact.INBOX) is None


def until_settled(bench: Bench) -> None:
    bench.until(lambda: settled(bench), "an empty inbox")
    bench.events += bench.host.pump()  # what was reported last


def trail(bench: Bench, job: int | None = None) -> list[tuple[str, str]]:
    reply = bench.ask(p.GetHistory(job=job, last=10_000))
    assert isinstance(reply, p.HistoryReply), reply
    return [(entry.what, entry.reason) for entry in reply.entries]


def test_files_become_jobs_of_their_level_and_are_then_put_away(open_bench: OpenBench) -> None:
    bench = open_bench(FILES)
    for name in ("a.jsonl", "sub/b.jsonl", "priority/c.jsonl", "priority/deep/er/d.jsonl"):
        drop(bench.home, name)
    until_settled(bench)
    jobs = {job.name: job for job in bench.jobs()}
    assert {name: job.priority for name, job in jobs.items()} == {
        "a.jsonl": Priority.NORMAL,
        "b.jsonl": Priority.NORMAL,
        "c.jsonl": Priority.HIGH,
        "d.jsonl": Priority.HIGH,
    }
    assert below(bench.home.inbox_taken) == ["a.jsonl", "priority/c.jsonl", "priority/deep/er/d.jsonl", "sub/b.jsonl"]
    assert below(bench.home.inbox) == ["README.txt", *(f"taken/{name}" for name in below(bench.home.inbox_taken))]
    [queued] = trail(bench, jobs["d.jsonl"].id)
    assert queued == ("queued", "high priority, from inbox/priority/deep/er/d.jsonl")
    assert bench.status().waiting == 4
    assert {job.state for job in jobs.values()} == {JobState.QUEUED}


def test_a_file_in_a_new_folder_is_found_while_the_host_runs(open_bench: OpenBench) -> None:
    bench = open_bench(FILES)
    drop(bench.home, "first.jsonl")
    until_settled(bench)
    drop(bench.home, "new/second.jsonl")
    bench.until(lambda: len(bench.jobs()) == 2)
    drop(bench.home, "new/third.jsonl")
    until_settled(bench)
    assert set(bench.states()) == {"first.jsonl", "second.jsonl", "third.jsonl"}


def test_a_file_that_is_written_in_pieces_is_queued_whole(open_bench: OpenBench) -> None:
    bench = open_bench(FILES)
    place = bench.home.inbox / "slow.jsonl"
    pieces = 16

    def write() -> None:
        with place.open("w", encoding="utf-8") as stream:
            for number in range(pieces):
                stream.write(f'{{"text": "{number}"}}\n{{"te' if number == 0 else f'xt": "{number}"}}\n{{"te')
                stream.flush()
                while number and time.time() - place.stat().st_mtime < 0.2:
                    time.sleep(0.05)
            stream.write('xt": "end"}\n')

    writer = threading.Thread(target=write)
    writer.start()
    until_settled(bench)
    writer.join()
    [job] = bench.jobs()
    assert (job.name, job.rows) == ("slow.jsonl", pieces + 1)


def test_a_file_under_an_unfinished_name_is_taken_when_it_is_renamed(open_bench: OpenBench) -> None:
    bench = open_bench(FILES)
    part = drop(bench.home, "download.jsonl.part")
    drop(bench.home, "other.jsonl")
    bench.until(lambda: "other.jsonl" in bench.states())
    assert set(bench.states()) == {"other.jsonl"}
    assert part.exists()
    part.replace(part.with_suffix(""))
    bench.until(lambda: set(bench.states()) == {"other.jsonl", "download.jsonl"})


def test_what_cannot_be_queued_is_told_and_lies_beside_its_reason(open_bench: OpenBench) -> None:
    bench = open_bench(FILES)
    drop(bench.home, "sub/broken.jsonl", "no rows\n")
    drop(bench.home, "good.jsonl")
    until_settled(bench)
    assert set(bench.states()) == {"good.jsonl"}
    assert below(bench.home.inbox_refused) == ["sub/broken.jsonl", "sub/broken.jsonl.reason.txt"]
    why = (bench.home.inbox_refused / "sub/broken.jsonl.reason.txt").read_text(encoding="utf-8")
    assert "has no usable row" in why
    assert "What to do:" in why
    [notice] = bench.told(p.Notice)
    assert (notice.level, "no usable row" in notice.text) == ("warning", True)
    assert "inbox/refused/sub/broken.jsonl" in notice.hint
    [refused] = [reason for what, reason in trail(bench) if what == "refused"]
    assert refused.startswith("inbox/sub/broken.jsonl: ")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders, and lets only some users make links")
def test_links_and_pipes_are_refused_and_never_followed(open_bench: OpenBench, tmp_path: Path) -> None:
    bench = open_bench(FILES)
    private = tmp_path / "private.jsonl"
    private.write_text('{"text": "private"}\n', encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside.jsonl").write_text('{"text": "inside"}\n', encoding="utf-8")
    (bench.home.inbox / "link.jsonl").symlink_to(private)
    (bench.home.inbox / "folder").symlink_to(tmp_path / "folder")
    os.mkfifo(bench.home.inbox / "pipe.jsonl")
    until_settled(bench)
    assert bench.jobs() == ()
    kept = {path.name for path in bench.home.inbox_refused.iterdir()}
    assert kept == {f"{name}{end}" for name in ("link.jsonl", "folder", "pipe.jsonl") for end in ("", ".reason.txt")}
    assert "is a link" in bench.notices()
    assert "is a pipe" in bench.notices()
    assert private.exists()
    assert (tmp_path / "folder" / "inside.jsonl").exists()


def test_content_that_waits_already_is_refused_and_content_that_ended_is_not(open_bench: OpenBench) -> None:
    bench = open_bench(FILES)
    drop(bench.home, "a.jsonl", '{"text": "same"}\n')
    until_settled(bench)
    drop(bench.home, "again.jsonl", '{"text": "same"}\n')
    until_settled(bench)
    assert set(bench.states()) == {"a.jsonl"}
    assert "queue add --again" in (bench.home.inbox_refused / "again.jsonl.reason.txt").read_text(encoding="utf-8")
    bench.train()
    drop(bench.home, "later.jsonl", '{"text": "same"}\n')
    until_settled(bench)
    assert bench.states() == {"a.jsonl": JobState.DONE, "later.jsonl": JobState.QUEUED}


def test_what_cannot_be_moved_is_told_once_and_never_queued_twice(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench(FILES)

    def refuse(_source: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as stuck:
        stuck.setattr("backend.inbox.put_away.files.move", refuse)
        place = drop(bench.home, "a.jsonl")
        bench.until(lambda: "cannot be moved" in bench.notices())
        drop(bench.home, "b.jsonl")
        bench.until(lambda: bench.notices().count("cannot be moved") == 2)
        assert bench.notices().count("inbox/a.jsonl") == 1
        assert len(bench.jobs()) == 2
        bench.host.close()
        second = open_bench(FILES)
        second.until(lambda: second.notices().count("cannot be moved") == 2)
    second.train()
    assert set(second.states().values()) == {JobState.DONE}
    place.touch()
    second.until(lambda: not place.exists())
    assert len(second.jobs()) == 2


def test_a_host_for_a_moment_leaves_the_inbox_alone(home: Home) -> None:
    place = drop(home, "a.jsonl")
    host = Service(home, may_train=False)
    for _ in range(3):
        host.pump()
    host.close()
    assert place.exists()
    assert not home.inbox_readme.exists()


def test_train_waits_for_what_lies_in_the_inbox(open_bench: OpenBench) -> None:
    bench = open_bench(FILES)
    drop(bench.home, "a.jsonl")
    drop(bench.home, "b.jsonl")
    assert bench.train().done == 2


def test_two_hundred_files_at_once_are_queued_once_each_while_the_host_answers(open_bench: OpenBench) -> None:
    bench = open_bench(FILES)
    for number in range(200):
        drop(bench.home, f"{number:03d}.jsonl")
    longest = 0.0
    while not settled(bench):
        before = time.monotonic()
        bench.events += bench.host.pump()
        longest = max(longest, time.monotonic() - before)
        bench.host.wait(0.02)
    names = [f"{number:03d}.jsonl" for number in range(200)]
    assert [job.name for job in bench.jobs()] == names
    assert below(bench.home.inbox_taken) == names
    assert longest < 2.0


def test_closing_in_the_midst_loses_nothing(open_bench: OpenBench) -> None:
    bench = open_bench(FILES)
    for number in range(50):
        drop(bench.home, f"{number:03d}.jsonl")
    bench.until(lambda: bool(bench.jobs()))
    bench.host.close()
    second = open_bench(FILES)
    until_settled(second)
    assert sorted(job.name for job in second.jobs()) == [f"{number:03d}.jsonl" for number in range(50)]
    assert len(below(second.home.inbox_taken)) == 50


@pytest.mark.parametrize("point", POINTS)
def test_a_host_that_dies_anywhere_queues_each_file_once(home: Home, open_bench: OpenBench, point: str) -> None:
    content = '{"text": "once"}\n'
    place = drop(home, "priority/a.jsonl", content)
    died = subprocess.run([sys.executable, str(DRIVER), str(home.root), point], timeout=60, check=False)
    assert died.returncode < 0 or sys.platform == "win32"
    assert place.exists() == (point not in ("moved", "noting"))
    bench = open_bench(FILES)
    until_settled(bench)
    [job] = bench.jobs()
    assert (job.name, job.priority, job.state) == ("a.jsonl", Priority.HIGH, JobState.QUEUED)
    assert home.dataset(job.dataset).read_text(encoding="utf-8") == content
    assert below(home.inbox_taken) == ["priority/a.jsonl"]
    assert not home.inbox_refused.exists()


def test_a_trained_file_that_a_crash_left_in_the_inbox_is_moved_and_not_trained_again(
    home: Home, open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(home, "a.jsonl")
    subprocess.run([sys.executable, str(DRIVER), str(home.root), "queued"], timeout=60, check=False)
    with monkeypatch.context() as blind:  # a host that trains before it looks
        blind.setattr(Porter, "start", lambda _self: None)
        blind.setattr(Porter, "busy", property(lambda _self: False))
        first = open_bench(FILES)
        first.train()
        first.host.close()
    second = open_bench(FILES)
    until_settled(second)
    assert second.states() == {"a.jsonl": JobState.DONE}
    assert below(home.inbox_taken) == ["a.jsonl"]


def test_a_new_content_under_the_name_that_a_crash_left_is_a_file_of_its_own(home: Home, open_bench: OpenBench) -> None:
    drop(home, "a.jsonl", '{"text": "first"}\n')
    subprocess.run([sys.executable, str(DRIVER), str(home.root), "queued"], timeout=60, check=False)
    drop(home, "a.jsonl", '{"text": "second"}\n')
    bench = open_bench(FILES)
    until_settled(bench)
    assert [job.name for job in bench.jobs()] == ["a.jsonl", "a.jsonl"]
    assert len({job.dataset for job in bench.jobs()}) == 2


def test_a_copy_put_there_again_after_an_unlucky_kill_is_told_of_like_any_twin(
    home: Home, open_bench: OpenBench
) -> None:
    drop(home, "a.jsonl")
    subprocess.run([sys.executable, str(DRIVER), str(home.root), "moved"], timeout=60, check=False)
    assert below(home.inbox_taken) == ["a.jsonl"]
    drop(home, "a.jsonl")
    bench = open_bench(FILES)
    until_settled(bench)
    assert [job.name for job in bench.jobs()] == ["a.jsonl"]
    assert "a.jsonl" in below(home.inbox_refused)
    assert "in the queue already" in bench.notices()
