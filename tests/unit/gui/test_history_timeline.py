"""The time line: what each entry was made on, where the head stands, and which lines are drawn."""

from backend.domain.head import AdapterSettings, Checkpoint, Head
from backend.domain.job import JobSettings
from backend.domain.move import Move, MoveKind, MoveState
from backend.domain.version import Parent, TrainedJob, Version, VersionCard
from gui.history.lanes import Graph, Node, drawn
from gui.history.timeline import Entry, timeline


def head(base: str, checkpoint: int | None = None) -> Head:
    point = None
    if checkpoint is not None:
        point = Checkpoint(id=checkpoint, job=1, segment=1, step=1, path="", sums_sha256="", reason="end")
    return Head(base=base, checkpoint=point)


def move(number: int, kind: MoveKind, before: Head, after: Head, state: MoveState = MoveState.STANDING) -> Move:
    return Move(id=number, kind=kind, state=state, at=f"2026-03-{number:02d}", before=before, after=after, job=number)


def version(number: int, parent: str | None = None, made: str = "2026-03-01", jobs: tuple[int, ...] = ()) -> Version:
    trained = tuple(
        TrainedJob(job=job, name=f"{job}.jsonl", dataset="", rows=1, steps=1, settings=JobSettings()) for job in jobs
    )
    card = VersionCard(
        id=f"v{number:03d}",
        number=number,
        slug="a",
        description="",
        created_at=made,
        parent=Parent(base=parent or "tiny", sha256="", version=parent),
        adapter=AdapterSettings(),
        checkpoint=1,
        total_steps=1,
        jobs=trained,
    )
    return Version(card=card, path="", sums_sha256="", bytes=1)


USE = move(1, MoveKind.USE, Head(), head("tiny"))
TRAINED = move(2, MoveKind.TRAINING, head("tiny"), head("tiny", 1))
MERGED = move(3, MoveKind.CONSOLIDATION, head("tiny", 1), head("v001"))
AGAIN = move(4, MoveKind.TRAINING, head("v001"), head("v001", 2))
SECOND = move(5, MoveKind.CONSOLIDATION, head("v001", 2), head("v002"))
BACK = move(6, MoveKind.RESTORE, head("v002"), head("v001"))
BOTH = (version(1), version(2, "v001"))


def parents(entries: list[Entry]) -> dict[str, str | None]:
    return {entry.key: entry.parent for entry in entries}


def test_a_restore_grows_from_the_version_and_the_former_line_stands_beside() -> None:
    entries = timeline((USE, TRAINED, MERGED, AGAIN, SECOND, BACK), BOTH)
    assert [entry.key for entry in entries] == ["move-6", "move-5", "move-4", "move-3", "move-2", "move-1"]
    assert parents(entries)["move-6"] == "move-3"
    assert parents(entries)["move-5"] == "move-4"
    assert [entry.version.id for entry in entries if entry.version is not None] == ["v002", "v001"]
    assert [entry.key for entry in entries if entry.is_head] == ["move-6"]
    assert [entry.graph.lane for entry in entries] == [0, 1, 1, 0, 0, 0]
    assert entries[3].graph == Graph(lane=0, above=(0, 1), below=True)


def test_what_was_undone_branches_off_where_the_head_stands() -> None:
    undone = move(3, MoveKind.TRAINING, head("tiny", 1), head("tiny", 2), MoveState.LEFT)
    since = move(4, MoveKind.TRAINING, head("tiny", 1), head("tiny", 3))
    entries = timeline((USE, TRAINED, undone, since), ())
    assert parents(entries) == {"move-4": "move-2", "move-3": "move-2", "move-2": "move-1", "move-1": None}
    assert [(entry.key, entry.graph.lane, entry.stands) for entry in entries] == [
        ("move-4", 0, True),
        ("move-3", 1, False),
        ("move-2", 0, True),
        ("move-1", 0, True),
    ]


def test_a_version_that_no_move_made_is_listed_with_its_trainings() -> None:
    rebuilt = (version(1, None, "2026-03-01", (7,)), version(2, "v001", "2026-03-02", (8,)))
    entries = timeline((), rebuilt, head="v002")
    assert [entry.key for entry in entries] == ["version-v002", "job-v002-8", "version-v001", "job-v001-7"]
    assert parents(entries)["job-v002-8"] == "version-v001"
    assert entries[0].is_head


def test_a_deleted_version_leaves_its_consolidation_and_what_was_made_on_it() -> None:
    entries = timeline((USE, TRAINED, MERGED, AGAIN, SECOND), BOTH[1:])
    assert [(entry.key, entry.is_version, entry.version is None) for entry in entries[:3]] == [
        ("move-5", True, False),
        ("move-4", False, True),
        ("move-3", True, True),
    ]


def test_lines_end_at_roots_and_lanes_are_used_again() -> None:
    nodes = [Node("d", None), Node("c", "a"), Node("b", None), Node("a", None)]
    assert drawn(nodes, "a") == [
        Graph(lane=1),
        Graph(lane=1, below=True),
        Graph(lane=2, through=(1,)),
        Graph(lane=0, above=(1,)),
    ]
    assert drawn([Node("a", "gone")], None) == [Graph(lane=1)]


def test_ten_thousand_entries_are_arranged_at_once() -> None:
    def training(number: int) -> Move:
        before = head("tiny", number - 1 if number > 2 else None)
        return Move(
            id=number,
            kind=MoveKind.TRAINING,
            state=MoveState.STANDING,
            at="",
            before=before,
            after=head("tiny", number),
        )

    moves = (USE, *map(training, range(2, 10_002)))
    entries = timeline(moves, ())
    assert len(entries) == 10_001
    assert {entry.graph.lane for entry in entries} == {0}
