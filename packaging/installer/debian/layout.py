"""Where the files of the package lie on the user's system."""

import gzip
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bootstrap.places import Places

from installer import icons

ICON_SIDES = (48, 128, 256)


@dataclass(frozen=True)
class Sources:
    """What the package is made from: the frozen program, the files of packaging/linux, the mark, what changed."""

    bundle: Path
    files: Path
    mark: Path
    changes: Path

    @classmethod
    def of(cls, places: Places, bundle: Path) -> "Sources":
        return cls(
            bundle,
            places.root / "packaging" / "linux",
            places.root / "resources" / "icons" / "espalier.svg",
            places.root / "CHANGELOG.md",
        )


@dataclass(frozen=True)
class Facts:
    """What is filled in where a file of packaging/linux says @NAME@."""

    version: str
    maintainer: str
    date: str
    """As in a mail's head."""
    prefix: str
    """Where the program goes."""
    patience: int
    """Seconds that a running Espalier has to save in before an upgrade or removal gives up."""

    def filled_in(self, template: Path) -> str:
        text = template.read_text(encoding="utf-8")
        for name, value in vars(self).items():
            text = text.replace(f"@{name.upper()}@", str(value))
        return text


def lay_out(sources: Sources, facts: Facts, root: Path, moment: int) -> None:
    """Put everything into `root` as it will lie below /.

    The bundle is linked where that is possible, so its own files get the rights and the time of the package too.

    Args:
        moment: seconds since 1970, the time of every file.
    """
    shutil.copytree(sources.bundle, root / facts.prefix.lstrip("/"), symlinks=True, copy_function=_link_or_copy)
    (command := root / "usr" / "bin" / "espalier").parent.mkdir(parents=True)
    command.symlink_to(f"{facts.prefix}/espalier")
    share = root / "usr" / "share"
    _copy(sources.files / "espalier.desktop", share / "applications")
    _copy(sources.files / "espalier.xml", share / "mime" / "packages")
    _copy(sources.files / "espalier.metainfo.xml", share / "metainfo")
    _copy(sources.files / "copyright", share / "doc" / "espalier")
    _pack(facts.filled_in(sources.files / "changelog"), share / "doc" / "espalier" / "changelog.gz")
    _pack(sources.changes.read_text(encoding="utf-8"), share / "doc" / "espalier" / "CHANGELOG.md.gz")
    _pack(facts.filled_in(sources.files / "espalier.1"), share / "man" / "man1" / "espalier.1.gz")
    pictures = share / "icons" / "hicolor"
    _copy(sources.mark, pictures / "scalable" / "apps")
    for side in ICON_SIDES:
        picture = pictures / f"{side}x{side}" / "apps" / "espalier.png"
        picture.parent.mkdir(parents=True)
        icons.write_png(sources.mark, picture, side)
    _settle(root, moment)


def _copy(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / source.name).write_bytes(source.read_bytes())


def _pack(text: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def _link_or_copy(source: str, target: str) -> str:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target


def _settle(root: Path, moment: int) -> None:
    """Everybody may read and nobody but root may write; programs may be run."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)
