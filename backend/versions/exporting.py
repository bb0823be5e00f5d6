"""Exporting a version: its folder, or its adapter alone, copied to a new folder anywhere and read back there."""

import glob
import shutil
from pathlib import Path

import msgspec

from backend import files
from backend.domain.operation import Operation, OperationKind
from backend.domain.version import Version
from backend.errors import Damaged, Refused, UserError, WrongUse
from backend.operations.operations import Recovered
from backend.operations.work import Progress, Steps, Work
from backend.protocol.keeping import ExportVersion
from backend.store.operations import Unfinished
from backend.versions import folder as places
from backend.versions import reading_back
from backend.versions.parts import Parts


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    target: str
    adapter_only: bool


class Exporting:
    """`begin` begins it; `recover` is what a new host does about one that never ended."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def begin(self, request: ExportVersion) -> Operation:
        """Raises WrongUse for an unknown version or a target that cannot be, Refused where one is there already."""
        parts = self._parts
        parts.operations.require_free()
        version = parts.store.versions.get(request.version)
        target = self._checked(Path(request.target))
        what = "copying the adapter" if request.adapter_only else f"copying {version.id}"
        intent = Intent(version=version.id, target=str(target), adapter_only=request.adapter_only)
        return parts.operations.begin(
            OperationKind.EXPORT,
            version.id,
            intent,
            lambda _: self._steps(version, target, request.adapter_only, what),
            words=(what, "reading the copy back"),
        )

    def recover(self, unfinished: Unfinished) -> Recovered:
        """A copy that has its final name is whole; a half one goes."""
        intent = msgspec.json.decode(unfinished.intent, type=Intent)
        target = Path(intent.target)
        for staging in target.parent.glob(f".staging-{glob.escape(target.name)}-*"):
            shutil.rmtree(staging, ignore_errors=True)
        if target.is_dir():
            return Recovered(done=True, text=f"{intent.version} was copied to {target}.")
        return Recovered(done=False, text=f"The program ended in the middle of it; nothing is left in {target}.")

    def _checked(self, target: Path) -> Path:
        if not target.is_absolute():
            raise WrongUse(f"{target} is no absolute path.", "Name the whole path of the new folder.")
        resolved = target.resolve()
        if resolved == self._parts.home.root.resolve() or self._parts.home.root.resolve() in resolved.parents:
            raise WrongUse(f"{target} lies in the home folder.", "Name a folder elsewhere.")
        if target.exists() or target.is_symlink():
            raise Refused(f"{target} exists already, and nothing is put over it.", "Name a new folder.")
        return target

    def _steps(self, version: Version, target: Path, adapter_only: bool, what: str) -> Steps:
        folder = self._parts.home.root / version.path

        def copy(progress: Progress) -> None:
            recorded = files.listed(folder, version.sums_sha256)
            inside = f"{places.ADAPTER}/" if adapter_only else ""
            wanted = {name.removeprefix(inside): digest for name, digest in recorded.items() if name.startswith(inside)}
            _copy(folder / inside, target, wanted, what, progress)

        try:
            yield Work(what, copy)
        except Damaged as fault:
            raise Damaged(fault.message, reading_back.remedy(self._parts.store, version)) from fault
        return f"{version.id} was copied to {target} and read back there."


def _copy(source: Path, target: Path, wanted: dict[str, str], what: str, progress: Progress) -> None:
    """Copy the files named, each with its hash, so that `target` holds just these and a list of them."""
    total = sum((source / name).stat().st_size for name in wanted)
    progress.step(what, total)
    files.make_folder(target.parent)
    files.require_space(target.parent, total)
    with files.staged(target, hashes=wanted) as staging:
        for name, digest in wanted.items():
            files.make_folder((staging / name).parent)
            if files.copy(source / name, staging / name, progress.heed) != digest:
                raise Damaged(f"{source / name} does not match its recorded hash.")
        progress.step("reading the copy back", total)
        for name, digest in wanted.items():
            if files.sha256(staging / name, from_disk=True, heed=progress.heed) != digest:
                raise UserError(f"The copy of {name} is not what was written.", f"Look at the disk of {target.parent}.")
