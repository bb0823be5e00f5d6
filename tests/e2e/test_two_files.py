"""Two real data sets after each other on the real starter: one head, steps a job, and both are learned."""

from pathlib import Path

import msgspec
import pytest

from backend.domain.head import Base
from tests.drivers.espalier import espalier
from tests.fakes.command_line import Ended

DATA = Path(__file__).parents[1] / "data"
FILES = ("gsm8k_48.jsonl", "alpaca_48.jsonl")
ROWS_PER_STEP = 8


@pytest.fixture(scope="module")
def trained(starter_base: Base, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Ended]]:
    """The home, and what each `train` said."""
    assert starter_base.path
    home = tmp_path_factory.mktemp("two") / "home"
    return home, [espalier(home, "train", DATA / name, "--evolution-budget", "0", "--json") for name in FILES]


def test_both_train_to_their_end_with_steps_counted_a_job(trained: tuple[Path, list[Ended]]) -> None:
    for name, ended in zip(FILES, trained[1], strict=True):
        assert (ended.status, ended.lines[-1]["event"], ended.lines[-1]["done"]) == (0, "finished", 1), ended.err
        (prepared,) = ended.events("prepared")
        assert (prepared["rows"] + prepared["heldout"], prepared["refused"]) == (48, 0)
        steps = [metric["step"] for metric in ended.events("metric")]
        assert steps == list(range(1, -(-prepared["rows"] // ROWS_PER_STEP) + 1)), name


def test_the_held_out_loss_of_each_falls(trained: tuple[Path, list[Ended]]) -> None:
    for ended in trained[1]:
        first, *_, last = [point["loss"] for point in ended.events("heldout")]
        assert last < first


def test_the_second_goes_on_where_the_first_left_the_head(trained: tuple[Path, list[Ended]]) -> None:
    home, runs = trained
    first, second = (ended.events("checkpoint")[-1] for ended in runs)
    assert second["sequence"] > first["sequence"]
    (head,) = msgspec.json.decode(b"[" + espalier(home, "head", "show", "--json").out.encode() + b"]")
    assert head["total_steps"] == first["step"] + second["step"]
    assert (home / "current_model" / "adapter_model.safetensors").is_file()
