"""Versions and backups of small homes, in the real form, without an engine: their weights are a few bytes."""

from pathlib import Path

import msgspec

from backend import files
from backend.backup import copying, folder, source
from backend.backup.root import Root, home_root
from backend.backup.trial import Trial
from backend.clock import utc_now
from backend.domain.backup import Backup, BackupCard, BackupType, CopyState, Subject
from backend.domain.head import Head
from backend.domain.move import MoveKind
from backend.domain.version import Parent, TrainedJob, Version, VersionCard
from backend.library.folder import describe
from backend.operations.work import Progress
from backend.paths import Home
from backend.store.store import Store
from backend.versions import folder as places


def make_version(home: Home, store: Store, slug: str = "small", *, moves_head: bool = True) -> Version:
    """The head's adapter "merged": the next version, which the head then stands on."""
    head = store.head.get()
    assert head.base is not None
    assert head.checkpoint is not None
    base = store.bases.get(head.base)
    number, created_at = store.versions.last_number() + 1, utc_now()
    target = home.versions / places.name_of(number, created_at, slug)
    adapter = home.root / head.checkpoint.path
    hashes: dict[str, str] = {}
    with files.staged(target, hashes=hashes, sealed=True) as staging:
        for shard in (1, 2):
            weights = f"{slug} {number} shard {shard} on {base.sha256}".encode()
            files.write(staging / f"model-{shard:05d}-of-00002.safetensors", weights)
        files.write(staging / "config.json", b'{"model_type": "small"}\n')
        files.make_folder(staging / places.ADAPTER)
        for path in sorted(adapter.glob("adapter*")):
            files.write(staging / places.ADAPTER / path.name, path.read_bytes())
        hashes |= places.write_card(staging, _card(store, head, number, slug, created_at))
    version = msgspec.structs.replace(places.read(home, target), verified_at=created_at)
    with store.atomic():
        store.versions.put(version)
        store.bases.put(describe(target, version.id))
        if moves_head:
            to = Head(base=version.id, adapter=head.adapter, total_steps=head.total_steps)
            store.head.move(to, MoveKind.CONSOLIDATION)
    return version


def make_backup(
    home: Home,
    store: Store,
    subject: Subject,
    of: str,
    backup_type: BackupType = BackupType.MANUAL,
    second: Root | None = None,
) -> Backup:
    """A verified copy, as one operation takes it, with another in the second place where there is one."""
    found = source.find(home, store, subject, of)
    taken = {backup.id for backup in store.backups.ever()}
    created_at = utc_now()
    card = BackupCard(
        id=folder.name_of(subject, found.of, created_at, taken),
        type=backup_type,
        subject=subject,
        of=found.of,
        source=found.folder.relative_to(home.root).as_posix(),
        created_at=created_at,
        reason="made for a test",
        content_sha256="",
        base=found.parent,
        head=found.head,
        bytes=0,
    )
    backup = copying.take(home_root(home), found, card, _loads, Progress())
    there: CopyState | None = None
    if second is not None:
        there = copying.mirror(home_root(home), second, backup, _loads, Progress())
    with store.atomic():
        return store.backups.add(msgspec.structs.replace(backup, second=there))


def _card(store: Store, head: Head, number: int, slug: str, created_at: str) -> VersionCard:
    assert head.base is not None
    assert head.checkpoint is not None
    job = store.jobs.get(head.checkpoint.job)
    parents = [version for version in store.versions.ever() if version.id == head.base]
    return VersionCard(
        id=places.id_of(number),
        number=number,
        slug=slug,
        description="Made for a test.",
        created_at=created_at,
        parent=Parent(
            base=head.base,
            sha256=store.bases.get(head.base).sha256,
            version=parents[0].id if parents else None,
        ),
        adapter=head.adapter,
        checkpoint=head.checkpoint.id,
        total_steps=head.total_steps,
        jobs=(
            TrainedJob(
                job=job.id,
                name=job.name,
                dataset=job.dataset,
                rows=job.rows,
                steps=job.step,
                settings=job.settings,
                loss=job.loss,
            ),
        ),
        lineage=(*(parents[0].card.lineage if parents else ()), *(parent.id for parent in parents)),
        precision="bfloat16",
        name=slug,
        architecture="Small",
        parameters=1000,
        context=512,
    )


def _loads(base: Path, adapter: Path | None, progress: Progress) -> Trial:
    """Every copy of a test loads: what is tried here is its bytes."""
    assert base.is_dir()
    assert adapter is None or adapter.is_dir()
    return Trial(loaded_at=utc_now())
