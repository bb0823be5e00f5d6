"""One example over time, as the host tells of it, out of the files of a made-up run."""

from pathlib import Path

from backend.domain.evolution import AnswerAt, PanelExample
from backend.domain.snapshot import Scored
from backend.evolution.snapshot import decoded
from backend.protocol.evolution import AnswersReply


def answers_of(folder: Path, place: int, run: int = 1) -> AnswersReply:
    """Args: place: of the example in its panel."""
    snapshots = [decoded(path.read_bytes(), path) for path in sorted(folder.glob("step_*.json"))]
    taken = [snapshot.examples[place] for snapshot in snapshots]
    return AnswersReply(run=run, example=_example(taken[0]), answers=tuple(_at(one) for one in taken))


def _example(one: Scored) -> PanelExample:
    return PanelExample(
        example_id=one.example_id,
        input=one.input,
        expected_output=one.expected_output,
        source=one.source,
        pinned=one.pinned,
        heldout=one.heldout,
        dataset=one.dataset,
        line=one.line,
        length=one.length,
        expected_length=one.expected_length,
    )


def _at(one: Scored) -> AnswerAt:
    return AnswerAt(
        step=one.step,
        answer=one.model_output,
        loss=one.loss,
        similarity=one.similarity,
        right=one.right,
        stopped=one.stopped,
        left_out=one.left_out,
    )
