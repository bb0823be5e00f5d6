"""One merge from its order to a version in its place: before everything or after everything, never between."""

import gc
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
from torch import nn

from backend import files
from backend.domain.version import FileEntry, Gate, GateTry, Precision, VersionCard
from backend.engine.consolidation import candidate, gate, memory, samples
from backend.engine.consolidation.course import Course
from backend.engine.consolidation.measure import Measure
from backend.engine.consolidation.merge import WIDE, WORDS, Merger
from backend.engine.consolidation.samples import Samples
from backend.engine.consolidation.targets import read_adapter
from backend.engine.control import Control
from backend.engine.device import Device, library_versions
from backend.engine.models import adapter, generate, language
from backend.engine.models.card import METADATA
from backend.engine.models.load import LoadedModel
from backend.engine.reporter import Outlet
from backend.engine.resident import Resident
from backend.engine.tasks import shape_of
from backend.errors import Damaged, NoSpace, UserError
from backend.protocol.engine import LogLine, Merge, Merged

FLOAT32 = WORDS[WIDE]
ADAPTER = "adapter"
EVOLUTION = "evolution"
ANSWER_TOKENS = 32
"""Of the one answer that shows that the saved files answer."""


class Reference(NamedTuple):
    """What the candidates are compared with: base + adapter, exactly as trained."""

    measure: Measure
    samples: Samples
    base_loss: float
    adapter_loss: float
    answer: str
    architecture: str
    parameters: int
    context: int


class Consolidation:
    """Everything is measured and checked that can be before the first byte is written."""

    def __init__(self, command: Merge, device: Device, resident: Resident, reporter: Outlet, control: Control) -> None:
        self._command = command
        self._device = device
        self._resident = resident
        self._reporter = reporter
        self._course = Course(control, reporter)
        self._base = Path(command.base.path)
        self._adapter = Path(command.adapter_from)
        self._target = Path(command.target)
        self._needed = 0
        """Bytes of the version as it is written now."""

    def run(self) -> Merged:
        """Make the version, or find it made.

        Raises:
            MergeCancelled: the user or the host broke it off.
            GateRefused: no candidate is what was trained.
            UserError: base, adapter or disk do not allow it. In every case nothing of it is left.
        """
        if self._target.exists():
            return self._found()
        self._check_sources()
        self._course.step("loading the base")
        with memory.enough_to("load the base"):
            reference_model = self._resident.base(self._command.base, self._device)
        merger = self._merger(reference_model)
        files.make_folder(self._target.parent)
        self._require_space(self._target.parent, merger, float32=self._command.precision is Precision.FLOAT32)
        reference = self._measure_reference(reference_model)
        del reference_model
        self._resident.forget()
        gc.collect()
        try:
            card = self._write(merger, reference)
        except NoSpace as error:
            raise NoSpace(f"{error.message} The version takes {self._needed:,} bytes.", error.hint) from error
        return self._read_back(card)

    # Before

    def _check_sources(self) -> None:
        base = self._command.base
        self._course.step(f"checking the base {base.name or base.slug}", files.size_of(self._base))
        try:
            files.verify(self._base, base.sha256, heed=self._course.heed)
        except Damaged as error:
            raise Damaged(
                f"The base is not as it was recorded, so nothing is merged into it: {error.message}",
                language.remedy(base),
            ) from error
        self._course.step("checking the adapter", files.size_of(self._adapter))
        files.verify(self._adapter, heed=self._course.heed)

    def _merger(self, loaded: LoadedModel) -> Merger:
        config = loaded.model.config.get_text_config()
        tied = bool(getattr(config, "tie_word_embeddings", False))
        return Merger(self._base, read_adapter(self._adapter), str(loaded.model.base_model_prefix), tied)

    def _require_space(self, folder: Path, merger: Merger, *, float32: bool) -> None:
        self._needed = self._size(merger, float32=float32)
        files.require_space(folder, self._needed)

    def _size(self, merger: Merger, *, float32: bool) -> int:
        copied = sum((self._base / name).stat().st_size for name in merger.others)
        runs = sum(files.size_of(Path(run)) for run in self._command.evolution)
        trained = sum((self._adapter / name).stat().st_size for name in (adapter.WEIGHTS, adapter.CONFIG))
        return merger.size(float32) + copied + runs + trained

    def _measure_reference(self, loaded: LoadedModel) -> Reference:
        command, course = self._command, self._course
        found = samples.gather(loaded, command.jobs, Path(command.token_cache), course, self._warn)
        course.step("putting the adapter on the base")
        model = adapter.attach(loaded.model, shape_of(self._adapter), 0.0, 0, self._device.torch)
        try:
            adapter.load_weights(model, self._adapter)
            model.eval()
            if not found.examples:
                course.step("answering, for no row of its training is left to measure it on")
                found = found._replace(examples=samples.own_answers(model, loaded, found.template_date, course))
            if not found.examples:
                raise UserError("The merge cannot be measured: no row of its training is left, and it says nothing.")
            measure = Measure(found.examples, self._device.torch, course)
            trained = measure.reference(model, "measuring base + adapter")
            with model.disable_adapter():
                base = measure.loss(model, "measuring the base")
            gate.require_finite(base, trained)
            course.step("answering with base + adapter")
            answer = self._answer(model, loaded, found)
        finally:
            adapter.detach(model)
        return Reference(
            measure=measure,
            samples=found,
            base_loss=base,
            adapter_loss=trained,
            answer=answer,
            architecture=type(loaded.model).__name__,
            parameters=loaded.parameters,
            context=loaded.context,
        )

    # The version

    def _write(self, merger: Merger, reference: Reference) -> VersionCard:
        hashes: dict[str, str] = {}
        with files.staged(self._target, hashes=hashes, sealed=True) as staging:
            self._copy(self._base, staging, merger.others, hashes, "")
            measured = self._merge(merger, staging, hashes, reference)
            self._course.step("copying adapter and evolution")
            self._copy(self._adapter, staging, (adapter.WEIGHTS, adapter.CONFIG), hashes, f"{ADAPTER}/")
            for run in map(Path, self._command.evolution):
                names = [path.relative_to(run).as_posix() for path in _files_below(run)]
                self._copy(run, staging, names, hashes, f"{EVOLUTION}/{run.name}/")
            card = self._card(staging, hashes, measured, reference)
            text = msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n"
            hashes[METADATA] = files.write(staging / METADATA, text)
            self._course.step("making it durable")
        return card

    def _merge(self, merger: Merger, staging: Path, hashes: dict[str, str], reference: Reference) -> Gate:
        """Raises GateRefused. The last try is the one that lies in `staging`."""
        measured = Gate(
            base_loss=reference.base_loss,
            adapter_loss=reference.adapter_loss,
            tokens=reference.measure.tokens,
            examples=len(reference.samples.examples),
            tries=(),
            question=reference.samples.question,
            adapter_answer=reference.answer,
        )
        wanted = self._command.precision is Precision.FLOAT32 or merger.is_wide
        for float32 in (True,) if wanted else (False, True):
            precision = FLOAT32 if float32 else merger.precision
            if measured.tries:
                self._make_room(merger, staging)
            self._course.step(f"merging in {precision}", merger.size(float32))
            merger.write(staging, float32, hashes, self._course)
            one, answer = self._try(staging, precision, reference)
            gc.collect()  # before another one is loaded; and Windows renames no folder with a file that is mapped
            measured = msgspec.structs.replace(measured, tries=(*measured.tries, one), answer=answer)
            if one.passed:
                return measured
        raise gate.GateRefused(measured)

    def _make_room(self, merger: Merger, staging: Path) -> None:
        """For float32; the files that did not pass go first."""
        for name in merger.names:
            (staging / name).unlink()
        self._require_space(staging, merger, float32=True)

    def _try(self, staging: Path, precision: str, reference: Reference) -> tuple[GateTry, str]:
        self._course.step(f"loading the merged model ({precision})")
        found = candidate.load(staging, self._device)
        loss, likeness = reference.measure.compared(found.model, f"measuring the merged model ({precision})")
        one = gate.judge(precision, reference.base_loss, reference.adapter_loss, loss, *likeness)
        if not one.passed:
            return one, ""
        self._course.step("answering with the merged model")
        return one, self._answer(found.model, found, reference.samples)

    def _answer(self, model: nn.Module, loaded: LoadedModel, found: Samples) -> str:
        with memory.enough_to("answer"):
            (answer,) = generate.answer(
                model,
                loaded.tokenizer,
                loaded.eos_ids,
                [[{"role": "user", "content": found.question}]],
                ANSWER_TOKENS,
                found.template_date,
                loaded.context,
                self._course.goes_on,
            )
        return answer

    def _copy(self, source: Path, staging: Path, names: Iterable[str], hashes: dict[str, str], below: str) -> None:
        for name in names:
            place = staging / f"{below}{name}"
            place.parent.mkdir(parents=True, exist_ok=True)
            hashes[f"{below}{name}"] = files.copy(source / name, place, self._course.heed)

    def _card(self, staging: Path, hashes: dict[str, str], measured: Gate, reference: Reference) -> VersionCard:
        return msgspec.structs.replace(
            self._command.card,
            gate=measured,
            precision=measured.tries[-1].precision,
            architecture=reference.architecture,
            parameters=reference.parameters,
            context=reference.context,
            libraries=library_versions(),
            files={
                name: FileEntry(bytes=(staging / name).stat().st_size, sha256=digest)
                for name, digest in sorted(hashes.items())
            },
        )

    # After

    def _read_back(self, card: VersionCard) -> Merged:
        try:
            return self._merged(card)
        except BaseException:
            self._take_away()
            raise

    def _merged(self, card: VersionCard) -> Merged:
        sums = files.sha256(self._target / files.SUMS)
        self._course.step("reading the version back from disk", files.size_of(self._target))
        files.verify(self._target, sums, from_disk=True, heed=self._course.heed)
        self._require_listed(card)
        return Merged(operation=self._command.operation, path=str(self._target), sums_sha256=sums, card=card)

    def _require_listed(self, card: VersionCard) -> None:
        """The sums are of what lay there at the end; the card is of what was written."""
        found = {path.relative_to(self._target).as_posix() for path in _files_below(self._target)}
        for name in sorted(found ^ {*card.files, METADATA, files.SUMS}):
            what = f"is not listed in {METADATA}" if name in found else f"is listed in {METADATA} and missing"
            raise Damaged(f"{self._target / name} {what}.", "Consolidate again.")

    def _take_away(self) -> None:
        """A folder that is half gone must not have the name of a whole one."""
        gone = self._target.with_name(f".staging-{self._target.name}-{secrets.token_hex(4)}")
        files.move(self._target, gone)
        shutil.rmtree(gone, ignore_errors=True)

    def _found(self) -> Merged:
        """A host that died between the version's rename and its row asks again.

        Raises:
            Damaged: what stands there is not whole, or another version; it stays as it is.
        """
        try:
            card = msgspec.json.decode((self._target / METADATA).read_bytes(), type=VersionCard)
        except (OSError, msgspec.MsgspecError) as error:
            raise Damaged(f"{self._target} is there already and cannot be read: {error}.", "Move it away.") from error
        wanted = self._command.card
        if (card.id, card.parent, card.checkpoint) != (wanted.id, wanted.parent, wanted.checkpoint):
            raise Damaged(f"{self._target} is there already and holds another version.", "Move it away.")
        return self._merged(card)

    def _warn(self, text: str) -> None:
        self._reporter.send(LogLine(level="warning", text=text))


def _files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
