"""Merging in the scripted engine: a small version folder of the real form, with figures that nobody measured."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from backend import files
from backend.domain.version import Gate, GateTry, Precision, VersionCard
from backend.protocol import engine as p
from backend.versions import folder as places

PASSES = "passes"
FLOAT32 = "float32"
"""bfloat16 loses too much, so float32 is taken."""
REFUSED = "refused"
"""Both lose too much."""
WAITS = "waits"
"""Until it is cancelled, with half of the version written."""
DIES = "dies"
"""With half of the version written."""
DIES_LATE = "dies late"
"""When the version is whole, before anybody is told."""

Receive = Callable[[], p.EngineCommand]


class ScriptedMerge:
    """One merge."""

    def __init__(self, fate: str, merge: p.Merge, send: Callable[[p.EngineEvent], None], receive: Receive) -> None:
        self._fate = fate
        self._merge = merge
        self._send = send
        self._receive = receive

    def run(self) -> None:
        """Ends in Merged or MergeFailed, or in the end of this process."""
        merge = self._merge
        gate = self._gate()
        for done in range(3):
            self._send(p.Activity(text="Merging", done=done, total=2))
        if self._fate == REFUSED:
            self._fail("The merge loses 74 % of what the adapter gained.", "Train longer.", 3, gate=gate)
            return
        target = Path(merge.target)
        hashes: dict[str, str] = {}
        try:
            with files.staged(target, hashes=hashes, sealed=True) as staging:
                files.write(staging / "model.safetensors", self._weights())
                self._half_way()
                hashes |= self._fill(staging, gate)
        except _Cancelled:
            self._fail("It was broken off; everything is as it was before.", "", 1, cancelled=True)
            return
        card = places.verify(target)
        if self._fate == DIES_LATE:
            die()
        sums = files.sha256(target / files.SUMS)
        self._send(p.Merged(operation=merge.operation, path=str(target), sums_sha256=sums, card=card))

    def _fill(self, staging: Path, gate: Gate) -> dict[str, str]:
        """The rest of the folder."""
        merge = self._merge
        files.write(staging / "config.json", b'{"model_type": "scripted"}\n')
        for source, name in ((merge.adapter_from, places.ADAPTER), *((f, places.EVOLUTION) for f in merge.evolution)):
            place = staging / name if name == places.ADAPTER else staging / name / Path(source).name
            files.make_folder(place)
            for path in sorted(Path(source).iterdir()):
                if path.is_file() and (name == places.EVOLUTION or path.name.startswith("adapter")):
                    files.write(place / path.name, path.read_bytes())
        return places.write_card(staging, self._card(gate))

    def _card(self, gate: Gate) -> VersionCard:
        return msgspec.structs.replace(
            self._merge.card,
            gate=gate,
            precision=gate.tries[-1].precision,
            architecture="ScriptedForCausalLM",
            parameters=1000,
            context=512,
            libraries={"scripted": "1"},
        )

    def _weights(self) -> bytes:
        adapter = (Path(self._merge.adapter_from) / "adapter_model.safetensors").read_text()
        return json.dumps({"base": self._merge.base.sha256, "adapter": adapter}).encode()

    def _half_way(self) -> None:
        if self._fate == DIES:
            die()
        while self._fate == WAITS:
            if isinstance(self._receive(), p.CancelMerge | p.Leave):
                raise _Cancelled

    def _gate(self) -> Gate:
        lost = _try("bfloat16", passed=False, kept=0.26)
        kept = _try("float32", passed=True, kept=1.0)
        small = _try("bfloat16", passed=True, kept=0.99)
        tries = {FLOAT32: (lost, kept), REFUSED: (lost, msgspec.structs.replace(kept, passed=False, kept=0.26))}
        decided = tries.get(self._fate, (kept,) if self._merge.precision is Precision.FLOAT32 else (small,))
        return Gate(
            base_loss=2.0,
            adapter_loss=1.0,
            tokens=400,
            examples=12,
            tries=decided,
            question="Who are you?",
            answer="I am Espalier.",
            adapter_answer="I am Espalier.",
        )

    def _fail(
        self, message: str, hint: str, exit_status: int, *, gate: Gate | None = None, cancelled: bool = False
    ) -> None:
        self._send(
            p.MergeFailed(
                operation=self._merge.operation,
                message=message,
                hint=hint,
                exit_status=exit_status,
                cancelled=cancelled,
                gate=gate,
            )
        )


def _try(precision: str, *, passed: bool, kept: float) -> GateTry:
    """Of a base with loss 2 and an adapter that brings it to 1."""
    difference = 1.0 - kept
    return GateTry(
        precision=precision,
        passed=passed,
        loss=1 + difference,
        kept=kept,
        difference=difference,
        kl=0.001,
        equal_top=0.99,
    )


class _Cancelled(Exception):
    """The host does not want it any more."""


def die() -> None:
    """As by kill -9."""
    os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
