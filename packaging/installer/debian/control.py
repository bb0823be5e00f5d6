"""The package's own papers: its fields, the sums of its files, and the scripts that run when it comes and goes."""

import hashlib
from pathlib import Path

from installer import sizes
from installer.debian.depends import Wants
from installer.debian.layout import Facts

RECOMMENDED = ("fonts-dejavu-core", "hicolor-icon-theme", "shared-mime-info", "desktop-file-utils", "xdg-utils")
SCRIPTS = ("prerm", "postrm")
FIELDS = """\
Package: espalier
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {recommends}
Section: science
Priority: optional
Description: train your own language model day after day
 Espalier is a desktop application for people who own a GPU workstation and
 train their own language model: drop jsonl files of conversations onto the
 window, and one continuing model is trained on them, file after file.
 .
 It shows the loss and what the model answers at every stage, pauses and
 stops at will, keeps versions and verified backups, and can always go back.
 The small starter model and a PyTorch for the CPU are inside; a PyTorch of
 your own for NVIDIA or AMD GPUs can be named in the settings.
"""


def write(folder: Path, root: Path, files: Path, facts: Facts, architecture: str, wanted: Wants) -> None:
    """Fill the folder DEBIAN of the package whose files lie in `root`.

    Args:
        files: the folder of the scripts.
        architecture: as dpkg calls it.
    """
    kilobytes = sizes.size_of(root) // 1024
    sums = [f"{digest}  {path.relative_to(root)}\n" for path, digest in _digests(root)]
    folder.mkdir()
    fields = FIELDS.format(
        version=facts.version,
        architecture=architecture,
        maintainer=facts.maintainer,
        kilobytes=kilobytes,
        depends=", ".join(wanted.depends),
        recommends=", ".join([*RECOMMENDED, *wanted.recommends]),
    )
    (folder / "control").write_text(fields, encoding="utf-8")
    (folder / "md5sums").write_text("".join(sums), encoding="utf-8")
    for name in SCRIPTS:
        (folder / name).write_text(facts.filled_in(files / name), encoding="utf-8")
        (folder / name).chmod(0o755)
    folder.chmod(0o755)
    for name in ("control", "md5sums"):
        (folder / name).chmod(0o644)


def _digests(root: Path) -> list[tuple[Path, str]]:
    """Of every file, for `dpkg --verify`, which knows no other kind of sums."""
    found = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
            found.append((path, digest.hexdigest()))
    return found
