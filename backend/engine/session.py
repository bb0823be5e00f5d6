"""Serves the host's tasks one after another: train a segment, answer questions, import a model, merge a version."""

import os
import sys
import traceback

from msgspec.structs import replace

from backend.engine import device, priority, tasks
from backend.engine.consolidation.consolidation import Consolidation
from backend.engine.consolidation.course import MergeCancelled
from backend.engine.consolidation.gate import GateRefused
from backend.engine.control import Control
from backend.engine.device import Device
from backend.engine.reporter import Reporter
from backend.engine.resident import Resident
from backend.engine.training.segment import Segment
from backend.errors import ExitStatus, UserError
from backend.protocol.engine import (
    Ask,
    Ended,
    ImportModel,
    Leave,
    LogLine,
    Merge,
    MergeFailed,
    Outcome,
    Ready,
    TaskFailed,
    Train,
)
from backend.settings import EngineSettings


class Session:
    """Keeps the base model between tasks. A task's error is reported and the next task served."""

    def __init__(self, reporter: Reporter, control: Control) -> None:
        self._reporter = reporter
        self._control = control
        self._resident = Resident()

    def serve(self) -> int:
        """Until the host lets go, or memory ran out: then a new process is the cure. Returns the exit status."""
        here = device.choose(EngineSettings())
        self._reporter.send(
            Ready(
                pid=os.getpid(),
                device=here.words,
                accelerator=here.accelerator,
                versions=device.library_versions(),
                python=sys.executable,
            )
        )
        while True:
            match self._control.next_task():
                case Leave():
                    return 0
                case Train() as command:
                    if self._train(command) is Outcome.OUT_OF_MEMORY:
                        return 0
                case Merge() as command:
                    self._merge(command)
                case Ask() | ImportModel() as command:
                    self._serve(command)

    def _train(self, command: Train) -> Outcome:
        """A bug is told, then ends the process: nobody knows what it left behind."""
        try:
            here = self._device(command.engine)
            return Segment(command, here, self._resident, self._reporter, self._control).train()
        except UserError as error:
            self._reporter.send(
                Ended(job=command.job, outcome=Outcome.REFUSED, step=0, message=error.message, hint=error.hint)
            )
            return Outcome.REFUSED
        except Exception as error:
            self._reporter.send(LogLine(level="error", text=traceback.format_exc()))
            self._reporter.send(
                Ended(
                    job=command.job,
                    outcome=Outcome.FAILED,
                    step=0,
                    message=f"Training ended by an error in Espalier: {error!r}.",
                    hint="The log has the details; please report it.",
                )
            )
            raise

    def _merge(self, command: Merge) -> None:
        """Merged or MergeFailed follows in every case."""
        failed = MergeFailed(operation=command.operation, message="", exit_status=int(ExitStatus.FAILED))
        try:
            here = self._device(command.engine)
            done = Consolidation(command, here, self._resident, self._reporter, self._control).run()
        except MergeCancelled:
            text = "The consolidation was broken off; everything is as it was before."
            self._reporter.send(replace(failed, message=text, cancelled=True))
        except GateRefused as error:
            told = replace(failed, message=error.message, hint=error.hint, exit_status=int(error.exit_status))
            self._reporter.send(replace(told, gate=error.gate))
        except UserError as error:
            told = replace(failed, message=error.message, hint=error.hint, exit_status=int(error.exit_status))
            self._reporter.send(told)
        except OSError as error:
            self._reporter.send(LogLine(level="error", text=traceback.format_exc()))
            text = f"The disk or the system failed: {error}."
            self._reporter.send(replace(failed, message=text, hint="Run `espalier doctor`, then try again."))
        except Exception as error:
            self._reporter.send(LogLine(level="error", text=traceback.format_exc()))
            text = f"An error in Espalier: {error!r}."
            self._reporter.send(replace(failed, message=text, hint="The log has the details; please report it."))
            raise
        else:
            self._reporter.send(done)
        finally:
            self._resident.forget()

    def _serve(self, command: Ask | ImportModel) -> None:
        try:
            if isinstance(command, Ask):
                tasks.answer(command, self._device(command.engine), self._resident, self._reporter)
            else:
                self._resident.forget()
                tasks.import_model(command, self._reporter)
        except UserError as error:
            self._reporter.send(TaskFailed(message=error.message, hint=error.hint))
        except Exception as error:
            self._reporter.send(LogLine(level="error", text=traceback.format_exc()))
            self._reporter.send(
                TaskFailed(
                    message=f"An error in Espalier: {error!r}.", hint="The log has the details; please report it."
                )
            )
            raise

    def _device(self, settings: EngineSettings) -> Device:
        here = device.choose(settings)
        if settings.low_priority_on_cpu and not here.accelerator:
            priority.lower()
        return here
