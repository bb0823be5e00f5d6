"""Versions in words: which one is meant, what its card says, what the gate measured, how two are related."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from backend.cli import version_compare, version_view
from backend.cli.consolidate import draw_plan
from backend.cli.gate_words import gate_lines
from backend.cli.version_choice import find_version, version_row
from backend.domain.version import Condition
from backend.errors import WrongUse
from backend.paths import Home
from backend.protocol.keeping import (
    ConsolidationPlan,
    DeletionCard,
    ExampleDifference,
    SettingDifference,
    VersionComparison,
    VersionsReply,
)
from tests.makers.version_cards import card, gate, version

HOME = Home(Path("/home/espalier"))
REPLY = VersionsReply(
    versions=(
        version(1, tag="good"),
        version(2, parent="v001", lineage=("v001",), tag="good"),
        version(3, parent="v002", lineage=("v001", "v002"), tag="best"),
    ),
    latest="v003",
    head="v002",
)


def text_of(draw: Callable[[Console], None]) -> str:
    console = Console(width=220, highlight=False, soft_wrap=True)
    with console.capture() as captured:
        draw(console)
    return captured.get()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("v001", "v001"), ("2", "v002"), ("v3", "v003"), ("latest", "v003"), ("head", "v002"), ("best", "v003")],
)
def test_a_version_is_named_in_several_ways(wanted: str, found: str) -> None:
    assert find_version(REPLY, wanted).id == found


@pytest.mark.parametrize(
    ("wanted", "message"), [("good", "v001, v002 all have"), ("v004", "no version 'v004'"), ("²", "no version")]
)
def test_what_fits_none_or_several_is_refused(wanted: str, message: str) -> None:
    with pytest.raises(WrongUse, match=message):
        find_version(REPLY, wanted)


def test_a_head_on_no_version_is_said() -> None:
    with pytest.raises(WrongUse, match="stands on no version"):
        find_version(msgspec.structs.replace(REPLY, head=None), "head")


def test_the_list_says_what_each_is() -> None:
    told = text_of(lambda console: version_view.draw_list(console, REPLY))
    for words in ("v001", "lesson-1.jsonl", "320.0 MB", "verified 2026-03-02 09:00:00", "latest", "head", "float32"):
        assert words in told
    empty = VersionsReply(versions=(), latest=None, head=None)
    assert "espalier consolidate" in text_of(lambda console: version_view.draw_list(console, empty))


def test_the_card_says_everything() -> None:
    told = text_of(lambda console: version_view.draw_version(console, HOME, REPLY, REPLY.versions[1]))
    for words in (
        "v002  lesson-2  (head)",
        "What [it] learned.",
        "tiny → v001 → v002",
        "lesson-2.jsonl (in part)",
        "abcdef012345 ",
        "1,200",
        "learning_rate 0.001, epochs 8; all else as by default",
        "0.123",
        "2.500 → 0.650",
        "v002_20260301_101500_lesson-2",
        "LoRA r 16, alpha 32",
        "30,880 parameters",
        "torch 2.13.0",
        "1" * 64,
        "Merge gate",
    ):
        assert words in told


def test_the_gate_says_what_was_tried_and_why_it_was_taken() -> None:
    assert gate_lines(gate()) == [
        "loss on 4,200 supervised tokens of 64 examples: 2.632 before, 0.125 with the adapter",
        "bfloat16: loss 1.980 (+1.8550 nats), keeps 26.0 % of the gain: not good enough, KL 0.0036",
        "float32: loss 0.125 (+0.0001 nats), keeps 100.0 % of the gain: good enough, same next token 99.8 %",
        "asked 'Who are you?' it answers 'I am Espalier.'",
        "as the adapter did: the same",
    ]
    other = msgspec.structs.replace(gate(), adapter_answer="I am SmolLM.")
    assert gate_lines(other)[-1] == "as the adapter did: 'I am SmolLM.'"


def test_a_damaged_version_stands_out_and_programs_see_it() -> None:
    damaged = msgspec.structs.replace(REPLY.versions[0], condition=Condition.DAMAGED)
    assert version_view.state_of(damaged) == "DAMAGED"
    assert version_view.state_of(msgspec.structs.replace(REPLY.versions[0], verified_at=None)) == "not verified"
    row = version_row(HOME, REPLY, damaged)
    assert (row["condition"], row["is_head"], row["tags"], row["id"]) == ("damaged", False, ["good"], "v001")


def test_a_lineage_without_its_oldest_begins_with_what_is_known() -> None:
    lone = VersionsReply(versions=REPLY.versions[2:], latest="v003", head=None)
    assert version_view.lineage_of(lone, REPLY.versions[2]) == "v001 → v002 → v003"


def comparison(common: str | None) -> VersionComparison:
    example = ExampleDifference(
        example_id="0123456789abcdef",
        input="Who are you?",
        expected_output="I am Espalier.",
        one_answer="I am SmolLM.",
        other_answer="I am Espalier.",
        one_loss=2.5,
        other_loss=0.1,
        one_right=False,
        other_right=True,
    )
    never_asked = msgspec.structs.replace(example, example_id="fedcba98", one_answer=None, one_right=None)
    return VersionComparison(
        one=card(1),
        other=card(2, parent="v001", lineage=("v001",)),
        settings=(SettingDifference(key="job.epochs", one="8", other="3"),),
        common=common,
        only_one=(),
        only_other=("lesson-2.jsonl",),
        examples=(example, never_asked),
    )


@pytest.mark.parametrize(
    ("common", "words"),
    [
        ("v001", "v002 comes from v001."),
        ("v002", "v001 comes from v002."),
        ("tiny", "v001 and v002 both come from tiny."),
        (None, "v001 and v002 have no ancestor in common."),
    ],
)
def test_how_two_are_related(common: str | None, words: str) -> None:
    assert version_compare.kinship(comparison(common)) == words


def test_two_are_compared_down_to_their_answers() -> None:
    found = comparison("v001")
    told = text_of(lambda console: version_compare.draw_comparison(console, found))
    for words in ("job.epochs", "no → yes", "2.500 → 0.100", "I am SmolLM.", "<not asked>", "lesson-2.jsonl"):
        assert words in told
    assert "2 examples: 0 right in both, 0 only in the first, 1 only in the second" in told
    whole = text_of(lambda console: version_compare.draw_example(console, found, found.examples[0]))
    assert "[+SmolLM.+]" in whole
    assert "[-Espalier.-]" in whole


def plan(refusal: str = "", *, jobs: tuple[str, ...] = ("lesson-1.jsonl",)) -> ConsolidationPlan:
    return ConsolidationPlan(
        version="v001",
        steps=("Backing up", "Merging"),
        jobs=jobs,
        base="tiny",
        version_bytes=270_000_000,
        float32_bytes=540_000_000,
        backup_bytes=300_000_000,
        needed_bytes=3_000_000_000,
        free_bytes=80_000_000_000,
        refusal=refusal,
    )


def test_a_plan_names_steps_and_space() -> None:
    told = text_of(lambda console: draw_plan(console, plan()))
    assert "v001 would be made of tiny and the training of lesson-1.jsonl." in told
    assert "  2. Merging" in told
    for size in ("270.0 MB", "540.0 MB", "300.0 MB", "3.0 GB", "80.0 GB"):
        assert size in told
    assert text_of(lambda console: draw_plan(console, plan("No adapter.", jobs=()))) == (
        "There is nothing to consolidate.\n"
    )


def test_the_card_of_a_deletion_says_what_it_takes() -> None:
    deletion = DeletionCard(version=REPLY.versions[0], used_by=("v002",), undo_reaches=True, backup_bytes=320_000_000)
    told = text_of(lambda console: version_view.draw_deletion(console, HOME, REPLY, deletion))
    for words in ("v001  lesson-1", "v002 came from it", "--end-undo", "a backup of 320.0 MB", "24 hours"):
        assert words in told
