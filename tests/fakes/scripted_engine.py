"""A real child process that speaks the engine's protocol and writes small real checkpoints, but trains nothing.

It is given one argument, a `Script` as JSON; `Script.command` makes the whole command line for a LocalLauncher.
"""

import contextlib
import json
import math
import os
import sys
import time
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from backend import files
from backend.clock import utc_now
from backend.domain.head import Base
from backend.locks import KernelLock
from backend.paths import Home
from backend.protocol import channel
from backend.protocol import engine as p
from tests.fakes.scripted_merge import PASSES, ScriptedMerge, die
from tests.fakes.scripted_snapshots import ScriptedSnapshots


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine does. Steps count from 1 over the whole job; 0 means never."""

    steps: int = 10
    seconds: float = 0.005
    """Time of one step."""
    crash_at: int = 0
    """Dies as by kill -9 before this step, each time it comes to it."""
    crash_once: bool = False
    nan_at: int = 0
    memory_at: int = 0
    """Reports running out of memory at this step while its token budget is above 64."""
    memory_in: str = ""
    """Runs out of memory "loading", before it is prepared, or "trying", before it starts, with more than 64 tokens."""
    error_at: int = 0
    """Ends by an error of its own before this step, each time it comes to it."""
    error_once: bool = False
    full_at: int = 0
    """Reports a full disk at this step, once."""
    no_room_once: bool = False
    """Finds no room to save the last step of the first segment that is to stop or to be skipped."""
    only: str = ""
    """Misfortunes come to the job of this name alone."""
    refuse: str = ""
    """Refuses jobs of this name."""
    save_seconds: float = 0.0
    """Time that a save takes."""
    write_seconds: float = 0.0
    """Time for which a checkpoint is half written."""
    save_every: int = 5
    mute_at: int = 0
    """Dies when the checkpoint of this step is on disk but not announced, once."""
    wait_at: int = 0
    """Waits at this step for a pause, stop or skip, once: a test that acts in mid-training depends on no time."""
    gate_at: int = 0
    """Waits at this step, each time it comes to it, for a wish or for the file `gate` of its home, which it takes."""
    deaf: bool = False
    """Hears nothing, so that it must be ended by force."""
    merge: str = PASSES
    """What becomes of a merge: see tests/fakes/scripted_merge.py."""

    def command(self) -> tuple[str, ...]:
        """For LocalLauncher."""
        return (sys.executable, str(Path(__file__).absolute()), msgspec.json.encode(self).decode())


def gate(home: Home) -> Path:
    """Whoever makes this file lets one job pass its gate."""
    return home.control / "scripted-go"


class ScriptedEngine:
    """One connection, one job at a time, boundaries between steps as in the real engine."""

    def __init__(self, script: Script, home: Home, link: "channel.Channel[p.EngineEvent, p.EngineCommand]") -> None:
        self._script = script
        self._home = home
        self._link = link
        self._leave = False

    def serve(self) -> None:
        self._link.send(p.Ready(pid=os.getpid(), device="scripted", accelerator=False, versions={}))
        while not self._leave:
            match self._link.receive():
                case p.Train() as train:
                    self._train(train)
                case p.Ask(conversations=asked, adapter_from=adapter):
                    kind = "trained" if adapter else "base"
                    self._link.send(p.Answered(answers=tuple(f"{kind}: {c[-1]['content']}" for c in asked)))
                case p.ImportModel() as task:
                    self._import(task)
                case p.Merge() as merge:
                    ScriptedMerge(self._script.merge, merge, self._link.send, self._receive_in_merge).run()
                case p.Leave():
                    return
                case _:
                    pass

    def _receive_in_merge(self) -> p.EngineCommand:
        wish = self._link.receive()
        self._leave = self._leave or isinstance(wish, p.Leave)
        return wish

    def _import(self, task: p.ImportModel) -> None:
        if "bad" in task.source:
            self._link.send(p.TaskFailed(message="This is no model.", hint="Choose another."))
            return
        with files.staged(Path(task.target)) as folder:
            files.write(folder / "model.safetensors", Path(task.source).name.encode())
            files.write(folder / "metadata.json", b'{"name": "fake"}')
        sums = files.sha256(Path(task.target) / files.SUMS)
        self._link.send(p.ModelImported(base=Base(slug=task.slug, path=task.target, sha256=sums, name=task.name)))

    def _train(self, train: p.Train) -> None:
        run = _Run(self._script, train, self._link, self._home)
        outcome, message = run.train()
        self._leave = run.leave or outcome is p.Outcome.OUT_OF_MEMORY
        hint = "Free some space." if outcome is p.Outcome.NO_SPACE else ""
        self._link.send(p.Ended(job=train.job, outcome=outcome, step=run.step, message=message, hint=hint))


class _Run:
    """One segment."""

    def __init__(
        self, script: Script, train: p.Train, link: "channel.Channel[p.EngineEvent, p.EngineCommand]", home: Home
    ) -> None:
        self._script = script
        self._train = train
        self._link = link
        self._home = home
        self._sequence = train.next_sequence
        self._budget = train.engine.token_budget or 512
        self.step = 0
        self._saved_step = self._first_step = 0
        self._step_to_wait_at: int | None = None
        self._passed = False
        self.leave = False
        self._snapshots = ScriptedSnapshots(train, script.steps, link.send)

    def train(self) -> tuple[p.Outcome, str]:
        train, script = self._train, self._script
        if script.refuse and script.refuse == train.name:
            return p.Outcome.REFUSED, f"{train.name} has nothing to learn from."
        if train.resume_from is not None:
            state = json.loads((Path(train.resume_from) / "state.json").read_text())
            assert state["job"] == train.job
            self.step = self._saved_step = self._first_step = state["step"]
        if script.wait_at and self._first_time("wait", always=False):
            self._step_to_wait_at = script.wait_at
        if script.memory_in == "loading":
            return p.Outcome.OUT_OF_MEMORY, "The model did not fit."
        self._link.send(p.Prepared(job=train.job, rows=8, heldout=1, refused=0, cut=0, tokens=80, supervised=40))
        if script.memory_in == "trying" and self._budget > 64:
            return p.Outcome.OUT_OF_MEMORY, "The longest rows did not fit."
        self._link.send(
            p.Started(
                job=train.job, mode=train.mode, step=self.step, total_steps=script.steps, token_budget=self._budget
            )
        )
        if self.step == 0:
            self._link.send(p.HeldOut(job=train.job, step=0, loss=3.0))
        while self.step < script.steps:
            self._snapshots.look(self.step, self._loss())
            if (end := self._listen()) is not None or (end := self._misfortune()) is not None:
                return end
            self._advance()
        self._link.send(p.HeldOut(job=train.job, step=self.step, loss=1.0))
        self._save("end")
        self._snapshots.end(self._loss())
        return p.Outcome.DONE, ""

    def _advance(self) -> None:
        time.sleep(self._script.seconds)
        self.step += 1
        self._link.send(
            p.Metric(
                job=self._train.job,
                step=self.step,
                total_steps=self._script.steps,
                epoch=self.step / self._script.steps,
                loss=self._loss(),
                learning_rate=1e-4,
                grad_norm=1.0,
                tokens=80,
                supervised=40,
                tokens_per_second=1000.0,
                seconds=self.step * self._script.seconds,
                memory_bytes=1 << 20,
            )
        )
        if self.step % self._script.save_every == 0 and self.step < self._script.steps:
            self._save("interval")

    def _loss(self) -> float:
        return 3.0 * math.exp(-self.step / max(1, self._script.steps))

    def _misfortune(self) -> tuple[p.Outcome, str] | None:
        at, script = self.step + 1, self._script
        if script.only not in ("", self._train.name):
            return None
        if script.crash_at == at and self._first_time("crash", always=not script.crash_once):
            die()
        if script.nan_at == at:
            self._save("not-finite")
            return p.Outcome.NOT_FINITE, f"The loss at step {at} is not a number."
        if script.error_at == at and self._first_time("error", always=not script.error_once):
            return p.Outcome.FAILED, "Training ended by an error."
        if script.memory_at == at and self._budget > 64:
            self._save("out-of-memory")
            return p.Outcome.OUT_OF_MEMORY, "The micro-batch did not fit."
        if script.full_at == at and self._first_time("full", always=False):
            return p.Outcome.NO_SPACE, "The disk is full."
        return None

    def _first_time(self, what: str, *, always: bool) -> bool:
        mark = self._home.control / f"scripted-{what}"
        if mark.exists() and not always:
            return False
        mark.touch()
        return True

    def _listen(self) -> tuple[p.Outcome, str] | None:
        paused = False
        while not self._script.deaf and (paused or self._waits() or self._link.ready()):
            if not paused and self._is_at_gate and not self._link.ready(0.01):
                continue
            try:
                wish = self._link.receive()
            except (EOFError, OSError):
                self._save("pipe-closed")
                sys.exit(0)
            match wish:
                case p.Pause():
                    self._step_to_wait_at = None
                    self._save("pause")
                    self._link.send(p.Paused(job=self._train.job, step=self.step))
                    paused = True
                case p.Resume():
                    self._link.send(p.Resumed(job=self._train.job, step=self.step))
                    paused = False
                case p.Save():
                    self._save("save")
                    self._link.send(p.Saved(job=self._train.job, step=self.step))
                case p.Stop() | p.Skip() if self._script.no_room_once and self._first_time("no-room", always=False):
                    return p.Outcome.NO_SPACE, "The disk is full."
                case p.Stop():
                    self._save("stop")
                    return p.Outcome.STOPPED, ""
                case p.Leave():
                    self._save("stop")
                    self.leave = True
                    return p.Outcome.STOPPED, ""
                case p.TakeSnapshot():
                    self._snapshots.ask()
                    self._snapshots.look(self.step, self._loss())
                case p.Skip():
                    self._save("skip")
                    return p.Outcome.SKIPPED, ""
                case _:
                    pass
        return None

    def _waits(self) -> bool:
        """Whether it is to wait here, which the gate's file may have ended."""
        if self._is_at_gate and gate(self._home).exists():
            gate(self._home).unlink()
            self._passed = True
        return self._is_at_gate or self._step_to_wait_at == self.step

    @property
    def _is_at_gate(self) -> bool:
        return self._script.gate_at == self.step > 0 and not self._passed

    def _save(self, reason: str) -> None:
        """Silent, as the real one is, where nothing was trained since the last time."""
        if self.step == self._saved_step:
            return
        self._saved_step = self.step
        time.sleep(self._script.save_seconds)
        train, number = self._train, self._sequence
        self._sequence += 1
        target = Path(train.run_folder) / "checkpoints" / f"{number:08d}"
        card = {
            "kind": "checkpoint",
            "id": number,
            "job": train.job,
            "segment": train.segment,
            "step": self.step,
            "total_steps": self._script.steps,
            "reason": reason,
            "loss": self._loss(),
            "created_at": utc_now(),
            "name": train.name,
            "dataset": train.dataset,
            "base": {"slug": train.base.slug, "sha256": train.base.sha256},
            "parent": train.adapter_from or train.resume_from,
            "head_steps": train.total_steps_before + self.step - self._first_step,
        }
        with files.staged(target) as folder:
            files.write(folder / "adapter_model.safetensors", f"{train.job}:{self.step}".encode())
            time.sleep(self._script.write_seconds)
            files.write(folder / "state.json", json.dumps({"job": train.job, "step": self.step}).encode())
            files.write(folder / "metadata.json", json.dumps(card).encode())
        if self._script.mute_at == self.step and self._first_time("mute", always=False):
            die()
        self._announce(target, number, reason, card)

    def _announce(self, target: Path, number: int, reason: str, card: dict[str, object]) -> None:
        try:
            self._link.send(
                p.CheckpointSaved(
                    job=self._train.job,
                    segment=self._train.segment,
                    sequence=number,
                    step=self.step,
                    total_steps=self._script.steps,
                    path=str(target),
                    sums_sha256=files.sha256(target / files.SUMS),
                    reason=reason,
                    loss=self._loss(),
                    created_at=str(card["created_at"]),
                )
            )
        except OSError:
            sys.exit(0)


class DeafLink(channel.Channel[p.EngineEvent, p.EngineCommand]):
    """Does not notice that nobody is at the other end."""

    def send(self, message: p.EngineEvent) -> None:
        with contextlib.suppress(OSError):
            super().send(message)


def main() -> None:
    script = msgspec.json.decode(sys.argv[1], type=Script)
    call = json.loads(sys.stdin.readline())
    kind = DeafLink if script.deaf else channel.Channel[p.EngineEvent, p.EngineCommand]
    link = kind(channel.connect(call["address"], bytes.fromhex(call["key"])), p.EngineCommand)
    home = Home(Path(call["home"]))
    with KernelLock(home.engine_lock):
        try:
            ScriptedEngine(script, home, link).serve()
        except (EOFError, OSError):
            return


if __name__ == "__main__":
    main()
