"""One segment of one job, from the command to its outcome."""

from backend.engine.control import Control
from backend.engine.device import Device
from backend.engine.evolution.snapshots import Snapshots
from backend.engine.models import adapter
from backend.engine.models.load import LoadedModel
from backend.engine.reporter import Outlet
from backend.engine.resident import Resident
from backend.engine.training.loop import Loop, NotFinite
from backend.engine.training.memory import OutOfMemory, named
from backend.engine.training.preparation import Preparation, WantsOut
from backend.engine.training.run import Run
from backend.engine.training.saving import Saving
from backend.errors import NoSpace, UserError
from backend.protocol.engine import Ended, Outcome, Train


class Segment:
    """Prepares a run, trains it, and reports how it ended."""

    def __init__(self, command: Train, device: Device, resident: Resident, reporter: Outlet, control: Control) -> None:
        self._command = command
        self._device = device
        self._resident = resident
        self._reporter = reporter
        self._control = control
        self._step = 0

    def train(self) -> Outcome:
        """Everything of the user's world ends as an outcome; anything else is raised on."""
        try:
            outcome = self._train()
        except WantsOut:
            outcome = Outcome.STOPPED
        except NotFinite:
            return self._ended(
                Outcome.NOT_FINITE,
                f"The loss stopped being a number at step {self._step + 1}.",
                "Lower the learning rate and queue the file again; the head stays at the last checkpoint.",
            )
        except OutOfMemory as error:
            return self._ended(
                Outcome.OUT_OF_MEMORY,
                f"{str(error) or 'No more could be had'}.",
                "Espalier tries again with smaller micro-batches; shorter rows or another device help too.",
            )
        except NoSpace as error:
            return self._ended(Outcome.NO_SPACE, error.message, error.hint)
        except UserError as error:
            return self._ended(Outcome.REFUSED, error.message, error.hint)
        return self._ended(outcome)

    def _train(self) -> Outcome:
        command = self._command
        preparation = Preparation(command, self._device, self._reporter, self._control)
        stored = preparation.stored()
        self._step = stored.state.step if stored is not None else 0
        preparation.announce(f"loading {command.base.name or command.base.slug}")
        with named():
            loaded = self._resident.base(command.base, self._device)
        plan = preparation.plan(loaded, stored)
        preparation.announce("preparing the adapter")
        model = adapter.attach(
            loaded.model, command.adapter, command.settings.dropout, command.settings.seed, self._device.torch
        )
        try:
            return self._steps(preparation.run(model, plan, stored), loaded)
        finally:
            adapter.detach(model)

    def _steps(self, run: Run, loaded: LoadedModel) -> Outcome:
        saving = Saving(run, self._reporter)
        snapshots = Snapshots(run, loaded, self._reporter, self._control)
        try:
            saving.require_space()
            return Loop(run, saving, snapshots, self._reporter, self._control).train()
        except OutOfMemory:
            run.optimizer.drop_gradients()
            saving.save("out-of-memory")
            raise
        finally:
            self._step = run.step

    def _ended(self, outcome: Outcome, message: str = "", hint: str = "") -> Outcome:
        self._reporter.send(Ended(job=self._command.job, outcome=outcome, step=self._step, message=message, hint=hint))
        return outcome
