"""One table says how a job's state may change, and only domain/job.py changes it."""

import ast

import pytest

from backend.domain.job import ENDED, HOLDING, TRANSITIONS, WAITING, JobState

HOME = "backend/domain/job.py"


def second_tables(path: str, tree: ast.AST) -> list[str]:
    """Dicts that lead from states to states, and job states that are set past `advance`."""
    return [f"{path}:{node.lineno}" for node in ast.walk(tree) if isinstance(node, ast.expr) and is_second(node)]


def is_second(node: ast.expr) -> bool:
    if isinstance(node, ast.Dict):
        leads = (ast.unparse(value) for key, value in zip(node.keys, node.values, strict=True) if is_state(key))
        return any("JobState." in target for target in leads)
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        return name == "replace" and any(word.arg == "state" and is_state(word.value) for word in node.keywords)
    return False


def is_state(node: ast.expr | None) -> bool:
    return node is not None and ast.unparse(node).startswith("JobState.")


@pytest.mark.parametrize(
    "source",
    [
        "NEXT = {JobState.QUEUED: JobState.RUNNING}",
        "NEXT = {JobState.QUEUED: frozenset({JobState.RUNNING})}",
        "structs.replace(job, state=JobState.DONE)",
        "msgspec.structs.replace(job, state=JobState.DONE, step=3)",
    ],
)
def test_a_second_table_is_found(source: str) -> None:
    assert second_tables("x.py", ast.parse(source))


def test_words_for_states_are_no_second_table() -> None:
    assert second_tables("x.py", ast.parse("LABELS = {JobState.QUEUED: 'waiting'}")) == []


def test_the_product_has_one_table_of_states(product: dict[str, ast.Module]) -> None:
    assert [finding for path, tree in product.items() if path != HOME for finding in second_tables(path, tree)] == []


def test_the_table_names_every_state_and_every_state_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(JobState)
    reached = {JobState.QUEUED}
    while more := set().union(*(TRANSITIONS[state] for state in reached)) - reached:
        reached |= more
    assert reached == set(JobState)


def test_every_state_waits_holds_or_is_over() -> None:
    groups = (WAITING, HOLDING, ENDED)
    assert all(sum(state in group for group in groups) == 1 for state in JobState)
