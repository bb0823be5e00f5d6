"""Answers what clients ask of the versions."""

import msgspec

from backend.domain.operation import OperationKind
from backend.operations.operations import Recoverers
from backend.paths import Home
from backend.protocol import keeping as k
from backend.protocol.host import Done, Reply
from backend.store.store import Store
from backend.versions import comparing, deleting, planning, tags, told
from backend.versions.consolidation import Consolidation
from backend.versions.deleting import Deleting
from backend.versions.exporting import Exporting
from backend.versions.latest import newest
from backend.versions.parts import Parts
from backend.versions.planning import BytesOf
from backend.versions.restoring import Restoring
from backend.versions.verifying import Verifying

VersionQuestion = k.ListVersions | k.CompareVersions | k.GetConsolidation | k.GetDeletion


class VersionRequests:
    """One case a request; the work is done by the parts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._consolidation = Consolidation(parts)
        self._restoring = Restoring(parts)
        self._deleting = Deleting(parts)
        self._verifying = Verifying(parts)
        self._exporting = Exporting(parts)

    @property
    def recoverers(self) -> Recoverers:
        return {
            OperationKind.CONSOLIDATE: self._consolidation.recover,
            OperationKind.RESTORE: self._restoring.recover,
            OperationKind.DELETE: self._deleting.recover,
            OperationKind.VERIFY: self._verifying.recover,
            OperationKind.EXPORT: self._exporting.recover,
        }

    def answer(self, request: k.VersionRequest) -> Reply:
        """Raises the UserErrors of the parts."""
        match request:
            case k.GetConsolidation(precision=precision):
                return self._consolidation.plan(precision)
            case k.ListVersions() | k.CompareVersions() | k.GetDeletion():
                parts = self._parts
                return answer_version_question(parts.home, parts.store, parts.taking.bytes_of, request)
            case k.Consolidate():
                return k.OperationBegun(operation=self._consolidation.begin(request))
            case k.TagVersion(version=version, tags=words):
                return Done(text=self._tag(version, words))
            case k.VerifyVersions(versions=versions):
                return k.OperationBegun(operation=self._verifying.begin(versions))
            case k.RestoreVersion(version=version):
                return k.OperationBegun(operation=self._restoring.begin(version))
            case k.DeleteVersion():
                return k.OperationBegun(operation=self._deleting.begin(request))
            case k.ExportVersion():
                return k.OperationBegun(operation=self._exporting.begin(request))

    def _tag(self, version_id: str, words: tuple[str, ...]) -> str:
        """The file of tags first: the row is its index."""
        parts = self._parts
        version, checked = parts.store.versions.get(version_id), tags.checked(words)
        tags.put(parts.home, version.id, checked)
        with parts.store.atomic():
            parts.store.versions.put(msgspec.structs.replace(version, tags=checked))
            parts.store.journal.add("tagged", None, f"{version.id}: {', '.join(checked) or 'no tag'}")
        told.changed(parts)
        return f"{version.id} has the tags {', '.join(checked)}." if checked else f"{version.id} has no tags now."


def answer_version_question(home: Home, store: Store, bytes_of: BytesOf, question: VersionQuestion) -> Reply:
    """What changes nothing, for readers too. Raises UserError."""
    match question:
        case k.ListVersions():
            versions, last = tuple(store.versions.all()), newest(store)
            stands_on = store.head.get().base
            return k.VersionsReply(
                versions=versions,
                latest=None if last is None else last.id,
                head=next((version.id for version in versions if version.id == stands_on), None),
            )
        case k.CompareVersions(one=one, other=other):
            return comparing.compare(home, store, one, other)
        case k.GetConsolidation(precision=precision):
            return planning.plan(home, store, precision, bytes_of)
        case k.GetDeletion(version=version):
            return deleting.card_of(store, version, bytes_of)
