"""Moving jobs: what each verb does to the order, that it writes little, and that it is all or nothing."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.job import Job, JobState, Priority
from backend.errors import WrongUse
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.host import Direction
from backend.store.store import Store
from tests.fakes.queue_parts import Parts

NAMES = "abcdef"


def numbers(jobs: list[Job], names: str) -> tuple[int, ...]:
    return tuple(next(job.id for job in jobs if job.name == name) for name in names)


def moved(order: str, chosen: str, direction: Direction) -> str:
    """What a list does whose marked entries are moved one after the other."""
    left = [name for name in order if name not in chosen]
    kept = [name for name in order if name in chosen]
    if direction is Direction.TOP:
        return "".join(kept + left)
    if direction is Direction.BOTTOM:
        return "".join(left + kept)
    names = list(order if direction is Direction.UP else reversed(order))
    for place in range(1, len(names)):
        if names[place] in chosen and names[place - 1] not in chosen:
            names[place - 1 : place + 1] = [names[place], names[place - 1]]
    return "".join(names if direction is Direction.UP else reversed(names))


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("chosen", ["a", "f", "c", "ab", "ef", "bd", "acf", "cba", "abcdef"])
def test_several_move_and_keep_their_order(parts: Parts, chosen: str, direction: Direction) -> None:
    jobs = parts.queue(*NAMES)
    parts.do(p.MoveJobs(jobs=numbers(jobs, chosen), direction=direction))
    assert parts.order() == moved(NAMES, chosen, direction)


def test_each_moves_in_its_own_level(parts: Parts) -> None:
    normal, low = parts.queue("a", "b"), parts.queue("x", "y", priority=Priority.LOW)
    parts.do(p.MoveJobs(jobs=numbers(normal + low, "by"), direction=Direction.TOP))
    assert parts.order() == "bayx"


def test_moving_one_writes_one_row_tells_one_job_and_notes_it(parts: Parts) -> None:
    jobs = parts.queue(*NAMES)
    parts.told()
    for direction, number in itertools.product(Direction, (3, 4)):
        parts.do(p.MoveJobs(jobs=(number,), direction=direction))
        assert [job.id for job in parts.told()] == [number]
    assert [what for what, _ in parts.trail(jobs[2])] == ["queued"] + ["moved"] * 4
    assert parts.trail(jobs[0]) == [("queued", "normal priority")]


def test_one_that_is_at_the_end_already_stays_and_nothing_is_told(parts: Parts) -> None:
    jobs = parts.queue("a", "b")
    parts.told()
    parts.do(p.MoveJobs(jobs=(jobs[0].id,), direction=Direction.TOP))
    parts.do(p.MoveJobs(jobs=(jobs[0].id,), direction=Direction.UP))
    parts.do(p.PlaceJobs(jobs=(jobs[0].id,), priority=Priority.NORMAL, before=jobs[1].id))
    assert parts.told() == []
    assert len(parts.trail(jobs[0])) == 1


def test_placed_before_a_job_of_any_level_in_the_order_given(parts: Parts) -> None:
    jobs = parts.queue("a", "b", "c") + parts.queue("x", "y", priority=Priority.LOW)
    parts.do(p.PlaceJobs(jobs=numbers(jobs, "yxa"), priority=Priority.NORMAL, before=numbers(jobs, "c")[0]))
    assert parts.order(Priority.NORMAL) == "byxac"
    parts.do(p.PlaceJobs(jobs=numbers(jobs, "cb"), priority=Priority.HIGH))
    assert parts.order() == "cbyxa"
    assert parts.trail(jobs[1])[-1] == ("moved", "to high priority, its end")


def test_a_selection_dropped_onto_itself_comes_together_there(parts: Parts) -> None:
    jobs = parts.queue(*NAMES)
    parts.do(p.PlaceJobs(jobs=numbers(jobs, "bd"), priority=Priority.NORMAL, before=numbers(jobs, "d")[0]))
    assert parts.order() == "acbdef"


def test_a_refused_move_changes_and_tells_nothing(parts: Parts) -> None:
    jobs = parts.queue(*NAMES)
    parts.become(jobs[4], JobState.RUNNING, started_at="then")
    before, _ = parts.order(), parts.told()
    for request in (
        p.MoveJobs(jobs=(1, 2, 5), direction=Direction.BOTTOM),
        p.PlaceJobs(jobs=(1, 5), priority=Priority.HIGH),
        p.PlaceJobs(jobs=(1, 77), priority=Priority.HIGH),
        p.PlaceJobs(jobs=(1,), priority=Priority.HIGH, before=2),
        p.PlaceJobs(jobs=(1,), priority=Priority.NORMAL, before=5),
    ):
        with pytest.raises(WrongUse):
            parts.requests.answer(request)
    assert (parts.order(), parts.told()) == (before, [])


def test_a_stopped_job_is_next_whatever_its_place_and_does_not_move(parts: Parts) -> None:
    jobs = parts.queue("a", "b", "c")
    parts.become(jobs[1], JobState.RUNNING, JobState.QUEUED, started_at="then", step=4)
    with pytest.raises(WrongUse, match="stopped at step 4"):
        parts.do(p.MoveJobs(jobs=(jobs[1].id,), direction=Direction.DOWN))
    parts.do(p.MoveJobs(jobs=(jobs[2].id,), direction=Direction.UP))
    assert parts.order() == "bca"


def test_a_used_up_gap_is_widened_nearby_and_never_in_the_whole_level(parts: Parts) -> None:
    parts.queue(*(f"{number:03}" for number in range(200)))
    expected = [job.id for job in parts.desk.jobs()]
    parts.told()
    most = 0
    for round_ in range(120):
        mover = expected[150 + round_ % 2]
        parts.do(p.PlaceJobs(jobs=(mover,), priority=Priority.NORMAL, before=expected[101]))
        expected.remove(mover)
        expected.insert(101, mover)
        told = parts.told()
        most = max(most, len(told))
        shown = {job.id: job for job in parts.desk.jobs()}
        assert all(shown[job.id] == job for job in told)
        assert list(shown) == expected
    assert 1 < most <= 2 * 16 + 1


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_moves_equal_those_of_plain_lists(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    store = Store.open(Home(tmp_path_factory.mktemp("moves")))
    parts = Parts(store)
    levels = {Priority.HIGH: "ab", Priority.NORMAL: "cdefg", Priority.LOW: "h"}
    jobs = [job for priority, names in levels.items() for job in parts.queue(*names, priority=priority)]
    screen = {job.id: job for job in jobs}
    parts.told()
    for _ in range(data.draw(st.integers(1, 12))):
        chosen = "".join(data.draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4, unique=True)))
        if data.draw(st.booleans()):
            direction = data.draw(st.sampled_from(Direction))
            parts.do(p.MoveJobs(jobs=numbers(jobs, chosen), direction=direction))
            levels = {priority: moved(names, chosen, direction) for priority, names in levels.items()}
        else:
            priority = data.draw(st.sampled_from(Priority))
            rest = {each: "".join(n for n in names if n not in chosen) for each, names in levels.items()}
            at = data.draw(st.integers(0, len(rest[priority])))
            target = rest[priority][at : at + 1]
            before = numbers(jobs, target)[0] if target else None
            parts.do(p.PlaceJobs(jobs=numbers(jobs, chosen), priority=priority, before=before))
            levels = {**rest, priority: rest[priority][:at] + chosen + rest[priority][at:]}
        screen |= {job.id: job for job in parts.told()}
        assert {priority: parts.order(priority) for priority in Priority} == levels
        assert {job.id: job for job in parts.desk.jobs()} == screen
    store.close()
