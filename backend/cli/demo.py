"""`demo`: asks the starter model who it is, teaches it, asks again, and shows what became of it."""

import importlib.resources
import time
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from backend import settings
from backend.cli import words
from backend.cli.demo_head import fresh_head
from backend.cli.endings import Endings, Stopped
from backend.cli.enqueueing import Wanted, enqueue
from backend.cli.hosting import acting
from backend.cli.invocation import EPILOG, Invocation, invocation_of
from backend.cli.progress import Reporter, reporter_for
from backend.cli.run import Run
from backend.domain.job import Job, JobSettings, JobState, Schedule
from backend.errors import UserError
from backend.host import ask
from backend.paths import Home, default_home
from backend.protocol.host import Answer, AskHead, Done, Follow, Notice, StartTraining

if TYPE_CHECKING:
    from rich.console import Console

    from backend.client import RemoteHost
    from backend.service import Service

QUESTION = "Who are you?"
CAPITAL = "What is the capital of France?"
ANSWER_TOKENS = 60


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says to both questions."""

    who: str
    capital: str


class Demo:
    """One demonstration on one host."""

    def __init__(
        self, host: "Service | RemoteHost", invocation: Invocation, reporter: Reporter, endings: Endings
    ) -> None:
        self._host = host
        self._invocation = invocation
        self._reporter = reporter
        self._endings = endings

    def prepare(self) -> None:
        """Queue the sample and put the head afresh on the starter. Raises Refused in a home that holds other work."""
        resource = importlib.resources.files("resources") / "samples" / "identity.jsonl"
        defaults = settings.load(self._invocation.home).job
        frozen = msgspec.structs.replace(defaults, **SETTINGS)
        with importlib.resources.as_file(resource) as sample:
            fresh_head(self._host, self._invocation, sample, self._reporter, self._endings)
            wanted = Wanted(settings=frozen, again=True)
            self.job = enqueue(self._host, self._invocation, sample, wanted, self._endings).job

    def answers(self) -> Answers:
        return Answers(who=self._answer(QUESTION), capital=self._answer(CAPITAL))

    def train(self) -> Job:
        """Train the sample.

        Raises:
            UserError: it failed.
            Stopped: a signal or another program stopped it.
        """
        ask(self._host, StartTraining(), Done)
        run = Run(self._host, self._invocation.output, self._reporter, self._endings)
        end = run.until_finished() if self._host.is_local else run.following([self.job])
        job = end.jobs.get(self.job.id, self.job)
        if job.state is JobState.FAILED:
            raise UserError(f"The demonstration failed: {job.reason}", job.hint)
        if job.state is not JobState.DONE:
            raise Stopped(self._endings.name)
        return job

    def _answer(self, question: str) -> str:
        ask(self._host, AskHead(question=question, max_new_tokens=ANSWER_TOKENS), Done)
        while True:
            self._endings.raise_if_any()
            for event in self._host.pump():
                match event:
                    case Answer():
                        return event.text.strip()
                    case Notice(level="error"):
                        raise UserError(event.text, event.hint)
                    case _:
                        self._reporter.tell(event)
            self._host.wait(0.2)


SETTINGS: dict[str, Any] = {"epochs": 3, "learning_rate": 1e-3, "schedule": Schedule.LINEAR, "rows_per_step": 8}
assert SETTINGS.keys() <= set(JobSettings.__struct_fields__)


def register(app: typer.Typer) -> None:
    app.command("demo", epilog=EPILOG)(demo)


def demo(context: typer.Context) -> None:
    """Train the starter model on a small sample and compare its answers; takes a few minutes."""
    invocation = invocation_of(context)
    if not invocation.home_chosen:
        invocation = invocation.in_home(Home(default_home() / "demo"))
    output = invocation.output
    output.note(f"The demonstration lies in {invocation.home.root}")
    began = time.monotonic()
    with Endings() as endings, acting(invocation, may_train=True) as host:
        reporter = reporter_for(output)
        show = Demo(host, invocation, reporter, endings)
        try:
            ask(host, Follow(), Done)
            show.prepare()
            before = show.answers()
            told(invocation, "Before training", before)
            job = show.train()
            after = show.answers()
        except Stopped:
            reporter.close()
            output.note("The demonstration is stopped; `espalier demo` begins it again.")
            output.line({"event": "finished", "stopped": True})
            return
        finally:
            reporter.close()
    told(invocation, "After training", after)
    finish(invocation, job, before, after, time.monotonic() - began)


def told(invocation: Invocation, when: str, answers: Answers) -> None:
    def draw(console: "Console") -> None:
        console.print(f"\n{when}", style="bold")
        for question, answer in ((QUESTION, answers.who), (CAPITAL, answers.capital)):
            console.print(f"  {question}\n    {whole(answer)}", markup=False)
        console.print()

    invocation.output.show(draw)


def whole(answer: str) -> str:
    """Marks an answer that was cut at its longest length."""
    return answer if answer.endswith((".", "!", "?")) else f"{answer} …"


def finish(invocation: Invocation, job: Job, before: Answers, after: Answers, seconds: float) -> None:
    """Losses, places, and the one line for programs."""
    home = invocation.home

    def draw(console: "Console") -> None:
        loss = f"{words.loss(job.heldout_first)} before, {words.loss(job.heldout_last)} after"
        console.print(f"Loss on held-out rows, which were never trained: {loss}")
        console.print(f"Time: {words.duration(seconds)}, {words.counted(job.step, 'optimizer step')}")
        console.print(f"Home: {home.root}", markup=False)
        console.print(f"  trained adapter   {home.current_model}", markup=False)
        console.print(f"  checkpoints       {home.checkpoints(job.id)}", markup=False)
        console.print(f"  steps and losses  {home.ledger(job.id)}", markup=False)
        console.print(f"  training file     {home.dataset(job.dataset)}", markup=False)
        console.print(
            f"What it answered at each stage: espalier --base-dir {home.root} evolution show {job.name}", markup=False
        )
        console.print(f"Go on with your own file: espalier --base-dir {home.root} train FILE", markup=False)

    invocation.output.show(draw)
    invocation.output.line(
        {
            "event": "demo",
            "answer_before": before.who,
            "answer_after": after.who,
            "loss_before": job.heldout_first,
            "loss_after": job.heldout_last,
            "loss_of": "held-out rows",
            "seconds": round(seconds, 1),
            "capital_before": before.capital,
            "capital_after": after.capital,
            "steps": job.step,
            "home": str(home.root),
            "adapter": str(home.current_model),
        }
    )
