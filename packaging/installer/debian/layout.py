"""Where the files of the package lie on the user's system."""

import gzip
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from installer import icons

PREFIX = "/opt/espalier"
ICON_SIDES = (48, 128, 256)
PREFIX_MARK = "@PREFIX@"


@dataclass(frozen=True)
class Source:
    """What the package is made from: the frozen program, the files of packaging/linux, and the mark."""

    bundle: Path
    files: Path
    mark: Path


def lay_out(source: Source, root: Path, moment: int, prefix: str = PREFIX) -> None:
    """Put everything into `root` as it will lie below /. The bundle is linked where that is possible, else copied.

    Args:
        moment: seconds since 1970, the time of every file.
        prefix: where the program goes.
    """
    shutil.copytree(source.bundle, _at(root, prefix), symlinks=True, copy_function=_link_or_copy)
    (command := root / "usr" / "bin" / "espalier").parent.mkdir(parents=True)
    command.symlink_to(f"{prefix}/espalier")
    for name, place in (
        ("espalier.desktop", "usr/share/applications"),
        ("espalier.xml", "usr/share/mime/packages"),
        ("espalier.metainfo.xml", "usr/share/metainfo"),
    ):
        _copy(source.files / name, root / place / name)
    _pack((source.files / "espalier.1").read_bytes(), root / "usr/share/man/man1/espalier.1.gz")
    _copy(source.files / "copyright", root / "usr/share/doc/espalier/copyright")
    pictures = root / "usr/share/icons/hicolor"
    _copy(source.mark, pictures / "scalable/apps/espalier.svg")
    for side in ICON_SIDES:
        picture = pictures / f"{side}x{side}/apps/espalier.png"
        picture.parent.mkdir(parents=True)
        icons.write_png(source.mark, picture, side)
    _settle(root, moment)


def scripts(files: Path, control: Path, prefix: str = PREFIX) -> None:
    """The maintainer scripts, told where the program lies."""
    for name in ("prerm", "postrm"):
        script = control / name
        script.write_text((files / name).read_text(encoding="utf-8").replace(PREFIX_MARK, prefix), encoding="utf-8")
        script.chmod(0o755)


def _at(root: Path, absolute: str) -> Path:
    return root / absolute.lstrip("/")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())


def _pack(content: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


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
