"""Versions, backups, trash and the long operations on them, between host and clients."""

from backend.domain.backup import Backup, BackupType, Keeps, Place, Subject
from backend.domain.operation import Operation
from backend.domain.trash import TrashEntry
from backend.domain.version import Precision, Version, VersionCard
from backend.protocol.message import Message

# Requests: operations


class GetOperations(Message, frozen=True, kw_only=True):
    """The operation under way, and what the journal knows of earlier ones, newest first."""

    last: int = 50


class CancelOperation(Message, frozen=True, kw_only=True):
    """Break it off at the next safe place; what it had begun is taken back."""

    operation: int


# Requests: versions. What takes long answers OperationBegun; OperationChanged follows until it ends.


class ListVersions(Message, frozen=True, kw_only=True):
    """All that are there, oldest first."""


class CompareVersions(Message, frozen=True, kw_only=True):
    """Settings, lineage, losses, and evolution by example, of two versions."""

    one: str
    other: str


class GetConsolidation(Message, frozen=True, kw_only=True):
    """What a consolidation would do now, and the space that it takes."""

    precision: Precision = Precision.BASE


class Consolidate(Message, frozen=True, kw_only=True):
    """Merge the head's adapter into its base; the new version becomes the head's base."""

    name: str = ""
    """Becomes the slug in the folder's name; empty takes the name of the last file trained."""
    description: str = ""
    tags: tuple[str, ...] = ()
    precision: Precision = Precision.BASE


class TagVersion(Message, frozen=True, kw_only=True):
    """Replace a version's tags."""

    version: str
    tags: tuple[str, ...]


class VerifyVersions(Message, frozen=True, kw_only=True):
    """Read every byte back; none named means all."""

    versions: tuple[str, ...] = ()


class RestoreVersion(Message, frozen=True, kw_only=True):
    """Set the whole head to a version: its merged model, no adapter. Undo goes back to the present head."""

    version: str


class GetDeletion(Message, frozen=True, kw_only=True):
    """The identity card of what a deletion would take, and what stands against it."""

    version: str


class DeleteVersion(Message, frozen=True, kw_only=True):
    """Back a version up, verify that, then move it to the trash.

    `typed` must be its id; `end_undo` lets undo no longer reach back to it, where it still does.
    """

    version: str
    typed: str
    end_undo: bool = False


class ExportVersion(Message, frozen=True, kw_only=True):
    """Copy a version's folder, or its adapter alone, to a new folder anywhere."""

    version: str
    target: str
    """Absolute; must not exist."""
    adapter_only: bool = False


# Requests: backups


class ListBackups(Message, frozen=True, kw_only=True):
    """All that are there, oldest first, with what cleaning up would let go."""


class CreateBackup(Message, frozen=True, kw_only=True):
    """Copy the head, a version, or any artefact; read back from disk and loaded once."""

    subject: Subject = Subject.HEAD
    of: str = ""
    """Id, number, day, slug or folder; empty for the head."""
    reason: str = ""
    backup_type: BackupType = BackupType.MANUAL


class VerifyBackups(Message, frozen=True, kw_only=True):
    """Read back from disk and load; none named means all, in both places."""

    backups: tuple[str, ...] = ()


class RestoreBackup(Message, frozen=True, kw_only=True):
    """Bring back what a backup holds, as an artefact of its own; never over one that is there.

    A head's backup becomes the head; undo goes back.
    """

    backup: str
    place: Place | None = None
    """None takes the first place whose copy verifies."""


class CleanUpBackups(Message, frozen=True, kw_only=True):
    """Move these backups to the trash; each must be one that the rule lets go."""

    backups: tuple[str, ...]


# Requests: trash


class ListTrash(Message, frozen=True, kw_only=True):
    """Oldest first."""


class EmptyTrash(Message, frozen=True, kw_only=True):
    """Delete these for good, now."""

    names: tuple[str, ...]


class RestoreTrash(Message, frozen=True, kw_only=True):
    """Put one back where it lay, after every byte was read back; answers OperationBegun."""

    name: str


OperationRequest = GetOperations | CancelOperation
VersionRequest = (
    ListVersions
    | CompareVersions
    | GetConsolidation
    | Consolidate
    | TagVersion
    | VerifyVersions
    | RestoreVersion
    | GetDeletion
    | DeleteVersion
    | ExportVersion
)
BackupRequest = ListBackups | CreateBackup | VerifyBackups | RestoreBackup | CleanUpBackups
TrashRequest = ListTrash | EmptyTrash | RestoreTrash
KeepingRequest = OperationRequest | VersionRequest | BackupRequest | TrashRequest
KeepingQuestion = (
    GetOperations | ListVersions | CompareVersions | GetConsolidation | GetDeletion | ListBackups | ListTrash
)
"""What changes nothing: answered without a host too."""


# Replies


class OperationBegun(Message, frozen=True, kw_only=True):
    operation: Operation


class OperationsReply(Message, frozen=True, kw_only=True):
    """Newest first."""

    operations: tuple[Operation, ...]


class VersionsReply(Message, frozen=True, kw_only=True):
    """Oldest first."""

    versions: tuple[Version, ...]
    latest: str | None
    """The id of the newest one."""
    head: str | None
    """The id of the one that the head stands on."""


class SettingDifference(Message, frozen=True, kw_only=True):
    """One setting that differs, or one that stands in one version alone."""

    key: str
    one: str
    other: str


class ExampleDifference(Message, frozen=True, kw_only=True):
    """One example that both versions' last snapshots hold."""

    example_id: str
    input: str
    expected_output: str
    one_answer: str | None
    other_answer: str | None
    one_loss: float | None
    other_loss: float | None
    one_right: bool | None
    other_right: bool | None


class VersionComparison(Message, frozen=True, kw_only=True):
    one: VersionCard
    other: VersionCard
    settings: tuple[SettingDifference, ...]
    common: str | None
    """Id of the youngest version, or slug of the base, that both descend from."""
    only_one: tuple[str, ...]
    """Files trained into the first since then."""
    only_other: tuple[str, ...]
    examples: tuple[ExampleDifference, ...]


class ConsolidationPlan(Message, frozen=True, kw_only=True):
    """What would happen, in words and bytes. `refusal` says why it cannot be begun now; empty where it can."""

    version: str
    """The id that it would get."""
    steps: tuple[str, ...]
    jobs: tuple[str, ...]
    """Names of the files whose training it would hold."""
    base: str
    version_bytes: int
    float32_bytes: int
    """What it takes where the merge gate asks for float32; counted into `needed_bytes`."""
    backup_bytes: int
    needed_bytes: int
    """With everything that must stay free."""
    free_bytes: int
    refusal: str = ""
    hint: str = ""


class DeletionCard(Message, frozen=True, kw_only=True):
    """What is shown before a deletion. `refusal` is empty where it may be deleted."""

    version: Version
    used_by: tuple[str, ...]
    """Versions made on it."""
    undo_reaches: bool
    """Whether undo can reach it: it can only be deleted where undo is ended there."""
    backup_bytes: int
    refusal: str = ""
    hint: str = ""


class BackupsReply(Message, frozen=True, kw_only=True):
    """Oldest first."""

    backups: tuple[Backup, ...]
    going: tuple[str, ...]
    """Ids that cleaning up would let go."""
    staying: tuple[tuple[Keeps, ...], ...] = ()
    """For each backup why it stays; nothing for those that go."""
    bases: tuple[str, ...] = ()
    """Folders of base models in the roots that no backup needs any more, those in the trash included; they go too."""
    second_location: str = ""
    """Of the settings; empty where none is set."""
    second_problem: str = ""
    """Why it cannot be used now; empty where it can."""


class TrashReply(Message, frozen=True, kw_only=True):
    entries: tuple[TrashEntry, ...]


KeepingReply = (
    OperationBegun
    | OperationsReply
    | VersionsReply
    | VersionComparison
    | ConsolidationPlan
    | DeletionCard
    | BackupsReply
    | TrashReply
)


# Events


class OperationChanged(Message, frozen=True, kw_only=True):
    """Progress, at most ten times a second, and its end."""

    operation: Operation


class VersionsChanged(Message, frozen=True, kw_only=True):
    """Ask anew."""


class BackupsChanged(Message, frozen=True, kw_only=True):
    """Ask anew."""


class TrashChanged(Message, frozen=True, kw_only=True):
    """Ask anew."""


KeepingEvent = OperationChanged | VersionsChanged | BackupsChanged | TrashChanged
