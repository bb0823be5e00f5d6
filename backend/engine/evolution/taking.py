"""Takes a snapshot: losses first, then answers, each as far as the time reaches."""

import contextlib
from collections.abc import Sequence

from backend.clock import utc_now
from backend.domain.snapshot import LeftOut, Reason, Scored, Snapshot
from backend.engine.evolution.answers import Answers
from backend.engine.evolution.attention import Attention, BrokenOff
from backend.engine.evolution.found import Found
from backend.engine.evolution.item import Item
from backend.engine.evolution.losses import Losses
from backend.engine.models.load import LoadedModel
from backend.engine.training.run import Run
from backend.evolution.budget import Cost, Watch
from backend.evolution.snapshot import summary_of
from backend.evolution.waiting import Waiting

FORWARD_SHARE = 1 / 3
"""Of a training step, before anything is measured: a forward pass without the backward one."""
LOSS_PART = 0.5
"""Losses take at most so much of the time: seen on a busy machine, they took all of it and nothing was answered."""


class Taking:
    """The model's part of a snapshot; knows nothing of files. Inside, the model is in evaluation mode."""

    def __init__(self, run: Run, loaded: LoadedModel) -> None:
        self._run = run
        token = Cost(run.seconds_per_token * FORWARD_SHARE)
        self._losses = Losses(run.loss, run.token_budget, token)
        row = Cost(run.seconds_per_token * FORWARD_SHARE * 2)
        self._answers = Answers(run.model, loaded.tokenizer, loaded.eos_ids, row)

    def examples(
        self, items: Sequence[Item], waiting: Waiting, reason: Reason, watch: Watch, attention: Attention
    ) -> tuple[tuple[Scored, ...], Found]:
        """The whole panel, with what could be taken.

        Raises:
            BrokenOff: the user waits, and it can be taken later. At the job's end it is given as far as it came.
        """
        found = Found()
        otherwise = LeftOut.BUDGET
        try:
            self._take(items, waiting, watch, attention, found)
        except BrokenOff:
            if reason is not Reason.END:
                raise
            otherwise = LeftOut.INTERRUPTED
        return tuple(found.scored(item, self._run.step, otherwise) for item in items), found

    def losses(self, items: Sequence[Item], watch: Watch, attention: Attention) -> dict[str, float]:
        """Losses alone, of those first that stand first; as far as it came where the user waits."""
        found = Found()
        with contextlib.suppress(BrokenOff), self._run.loss.evaluating():
            self._losses.take(items, watch, found, attention)
        return found.losses

    def _take(
        self,
        items: Sequence[Item],
        waiting: Waiting,
        watch: Watch,
        attention: Attention,
        found: Found,
    ) -> None:
        by_id = {item.id: item for item in items}
        with self._run.loss.evaluating():
            first = Watch(watch.left * LOSS_PART)
            self._losses.take([by_id[one] for one in waiting.for_loss(by_id)], first, found, attention)
            self._answers.take([by_id[one] for one in waiting.for_answer(by_id)], watch, found, attention)


def snapshot(run: Run, folder: str, reason: Reason, examples: tuple[Scored, ...], found: Found) -> Snapshot:
    """The whole record."""
    command = run.command
    assert command.evolution is not None
    head_steps = command.total_steps_before + run.step - run.first_step
    return Snapshot(
        snapshot_id=f"{folder}/step_{run.step:06d}",
        training_step=run.step,
        timestamp=utc_now(),
        model_version=f"{command.base.name or command.base.slug} +{head_steps}",
        run=folder,
        job=command.job,
        segment=command.segment,
        dataset=command.dataset,
        dataset_name=command.name,
        base=command.base.slug,
        origin=command.evolution.origin,
        total_steps=run.total_steps,
        head_steps=head_steps,
        reason=reason,
        training_loss=run.last_loss,
        budget_percent=command.settings.evolution_budget,
        training_seconds=run.seconds,
        loss_seconds=found.loss_seconds,
        answer_seconds=found.answer_seconds,
        examples=examples,
        summary=summary_of(examples),
    )
