"""Verifying versions: every byte of each is read back from disk, and what is damaged is named."""

import msgspec

from backend.domain.operation import Operation, OperationKind
from backend.domain.version import Version
from backend.errors import Damaged, WrongUse
from backend.operations.operations import Recovered
from backend.operations.work import Steps
from backend.store.operations import Unfinished
from backend.versions import reading_back, told
from backend.versions.parts import Parts


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    versions: tuple[str, ...]


class Verifying:
    """`begin` begins it; nothing but what was learned changes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def begin(self, ids: tuple[str, ...]) -> Operation:
        """All where none is named. Raises WrongUse for an unknown version, or where there is none at all."""
        parts = self._parts
        parts.operations.require_free()
        store = parts.store
        versions = [store.versions.get(one) for one in dict.fromkeys(ids)] if ids else store.versions.all()
        if not versions:
            raise WrongUse("There is no version yet.", "`espalier consolidate` makes one of what was trained.")
        subject = versions[0].id if len(versions) == 1 else f"{len(versions)} versions"
        return parts.operations.begin(
            OperationKind.VERIFY,
            subject,
            Intent(versions=tuple(version.id for version in versions)),
            lambda _: self._steps(versions),
            words=tuple(reading_back.piece(parts, version).text for version in versions),
        )

    def recover(self, _unfinished: Unfinished) -> Recovered:
        """What was learned is stored; the rest can be read again."""
        return Recovered(done=False, text="The program ended in the middle of it. Verify again.")

    def _steps(self, versions: list[Version]) -> Steps:
        parts, store = self._parts, self._parts.store
        faults: list[Damaged] = []
        for version in versions:
            fault: Damaged | None = yield reading_back.piece(parts, version)
            # Its tags may have changed meanwhile.
            current = store.versions.find(version.id) or version
            with store.atomic():
                reading_back.learn(parts, current, fault)
            told.changed(parts)
            if fault is not None:
                faults.append(Damaged(fault.message, reading_back.remedy(store, current)))
        if faults:
            raise Damaged(" ".join(fault.message for fault in faults), " ".join(fault.hint for fault in faults))
        ids = ", ".join(version.id for version in versions)
        return f"{ids}: every byte matches ({sum(version.bytes for version in versions):,} bytes)."
