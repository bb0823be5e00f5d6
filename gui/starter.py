"""The way to a first training: the starter model into the library, the identity sample into the queue."""

from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from backend.domain.job import ENDED, Job, JobSettings
from backend.protocol.host import AddModel, Failure, HeadReply, ModelAdded, UseModel
from gui.facts import FactsKeeper
from gui.intake import Drop

STARTER = "starter"
SAMPLE_SETTINGS = JobSettings(epochs=3, learning_rate=1e-3)
"""Under these the sample shows its effect within minutes on two cores."""


class Starter(QObject):
    """Asks for what is missing; what is there already is left alone."""

    requested = Signal(object)
    """AddModel or UseModel, for the training worker."""
    sample_wanted = Signal(object)
    """Drop."""
    adding = Signal()

    def __init__(self, facts: FactsKeeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._added: str | None = None
        self._demo_pending = False

    def prepare_demo(self) -> None:
        """As soon as the host answers: starter and sample, ready to go."""
        self._demo_pending = True

    @Slot(object)
    def look_at_queue(self, jobs: tuple[Job, ...]) -> None:
        """The host has told its queue for the first time."""
        if not self._demo_pending:
            return
        self._demo_pending = False
        self.add_model()
        if all(job.state in ENDED or job.name != sample().name for job in jobs):
            self.sample_wanted.emit(Drop(files=(sample(),), settings=SAMPLE_SETTINGS))

    @Slot()
    def try_sample(self) -> None:
        self.add_model()
        self.sample_wanted.emit(Drop(files=(sample(),), settings=SAMPLE_SETTINGS))

    @Slot()
    def add_model(self) -> None:
        facts = self._facts.now
        if facts.base is None and not facts.adding_base:
            self._facts.learn(adding_base=True)
            self.adding.emit()
            self.requested.emit(AddModel(source=STARTER))

    @Slot(object)
    def added(self, event: ModelAdded) -> None:
        """Only what was asked for here is put to use here."""
        if self._facts.now.adding_base:
            self._added = event.base.slug

    @Slot(object)
    def learn_head(self, reply: HeadReply) -> None:
        """A model that was just added becomes the head's base where it has none."""
        self._facts.learn(base=reply.base)
        if reply.base is not None:
            self._facts.learn(adding_base=False)
        elif self._added is not None:
            slug, self._added = self._added, None
            self.requested.emit(UseModel(slug=slug))

    @Slot(object)
    def refused(self, failure: Failure) -> None:
        """Another try is allowed after any failure while adding."""
        self._facts.learn(adding_base=False)


def sample() -> Path:
    """The identity sample that ships with Espalier."""
    return Path(str(files("resources") / "samples" / "identity.jsonl"))
