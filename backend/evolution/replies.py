"""Answers to questions about evolution: figures from the index, texts from the files."""

import hashlib
import logging
from pathlib import Path
from typing import TypeVar

import msgspec

from backend.domain.analysis import Analysis
from backend.domain.evolution import AnswerAt, Forgetting, PanelExample, StepFigures
from backend.domain.snapshot import LeftOut
from backend.errors import Damaged, WrongUse
from backend.evolution.snapshot import ANALYSIS, FORGETTING, decoded
from backend.paths import Home
from backend.protocol import evolution as e
from backend.store.evolution import Evolution, IndexedFile

log = logging.getLogger(__name__)
Report = TypeVar("Report", Analysis, Forgetting)


class _Said(msgspec.Struct, frozen=True):
    """What only the file knows of an example; the rest is not decoded."""

    example_id: str
    model_output: str | None = None
    stopped: bool | None = None
    left_out: LeftOut | None = None


class _Answers(msgspec.Struct, frozen=True):
    examples: tuple[_Said, ...]


_ANSWERS = msgspec.json.Decoder(_Answers)


class EvolutionReplies:
    """Reads, and changes nothing."""

    def __init__(self, home: Home, index: Evolution) -> None:
        self._home = home
        self._index = index

    def runs(self) -> e.RunsReply:
        """Newest first."""
        return e.RunsReply(runs=tuple(self._index.all()))

    def run(self, number: int, after_step: int | None) -> e.RunReply:
        """Raises WrongUse when there is no such run."""
        run = self._index.get(number)
        folder = self._home.evolution / run.folder
        return e.RunReply(
            run=run,
            examples=self._index.examples(number),
            figures=self._index.figures(number, after_step),
            analysis=report(folder / ANALYSIS, Analysis),
            forgetting=report(folder / FORGETTING, Forgetting),
        )

    def example(self, number: int, example_id: str) -> tuple[int, PanelExample]:
        """Its place among the run's examples, and itself. Raises WrongUse."""
        run = self._index.get(number)
        for place, one in enumerate(self._index.examples(number)):
            if one.example_id == example_id:
                return place, one
        raise WrongUse(
            f"Run {run.folder} has no example {example_id}.", "`espalier evolution show RUN` shows its examples."
        )

    def answers(self, number: int, example_id: str) -> e.AnswersReply:
        """Raises WrongUse, and Damaged naming a file that is not as it was written."""
        place, one = self.example(number, example_id)
        figures = {each.step: each for each in self._index.figures(number)}
        answers = tuple(self._answer(file, figures[file.step], place, one) for file in self._index.files(number))
        return e.AnswersReply(run=number, example=one, answers=answers)

    def snapshot(self, number: int, step: int) -> e.SnapshotReply:
        """Raises WrongUse, and Damaged where the file is not as it was written."""
        self._index.get(number)
        file = self._index.file(number, step)
        return e.SnapshotReply(run=number, snapshot=decoded(self._content(file), self._path(file)))

    def _answer(self, file: IndexedFile, figures: StepFigures, place: int, one: PanelExample) -> AnswerAt:
        said = _ANSWERS.decode(self._content(file)).examples
        found = next((each for each in said if each.example_id == one.example_id), _Said(one.example_id))
        there = place < len(figures.losses)
        return AnswerAt(
            step=file.step,
            answer=found.model_output,
            loss=figures.losses[place] if there else None,
            similarity=figures.similarities[place] if there else None,
            right=figures.right[place] if there else None,
            stopped=found.stopped,
            left_out=found.left_out,
        )

    def _content(self, file: IndexedFile) -> bytes:
        return whole(self._path(file), file.sha256)

    def _path(self, file: IndexedFile) -> Path:
        return self._home.evolution / file.folder / file.name


def whole(path: Path, sha256: str) -> bytes:
    """A file that is as it was indexed. Raises Damaged."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{path} cannot be read ({error.strerror}).", "Bring it back from a backup.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(f"{path} does not match its recorded hash.", "Bring it back from a backup.")
    return content


def report(path: Path, kind: type[Report]) -> Report | None:
    """An analysis or a forgetting report; None where there is none, or none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError, msgspec.DecodeError) as error:
        log.warning("%s cannot be read: %s", path, error)
        return None
