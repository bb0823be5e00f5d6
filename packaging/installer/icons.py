"""The application's mark for each system, drawn from its one SVG: .ico for Windows, .icns for macOS, PNG for Linux."""

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

ICO_SIDES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""What Windows asks for at 100 to 250 % of zoom, in lists, on the task bar and on the desktop."""
ICNS_SIDES = {
    b"ic11": 32,
    b"ic12": 64,
    b"ic07": 128,
    b"ic08": 256,
    b"ic13": 256,
    b"ic09": 512,
    b"ic14": 512,
    b"ic10": 1024,
}
"""Kinds of entries that hold PNG, with their side in pixels; ic10 to ic14 are sharp ones, shown at half the size."""


def write_png(svg: Path, target: Path, side: int) -> Path:
    target.write_bytes(drawn(svg, side))
    return target


def write_ico(svg: Path, target: Path) -> Path:
    """All sizes as PNG entries in one .ico, which Windows reads since Vista."""
    pictures = {side: drawn(svg, side) for side in ICO_SIDES}
    header = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(header) + 16 * len(pictures)
    entries = b""
    for side, png in pictures.items():
        spelled = side % 256  # 256 is written as 0
        entries += struct.pack("<BBBBHHII", spelled, spelled, 0, 0, 1, 32, len(png), offset)
        offset += len(png)
    target.write_bytes(header + entries + b"".join(pictures.values()))
    return target


def write_icns(svg: Path, target: Path) -> Path:
    """All sizes as PNG entries in one .icns."""
    entries = b""
    for kind, side in ICNS_SIDES.items():
        png = drawn(svg, side)
        entries += kind + struct.pack(">I", len(png) + 8) + png
    target.write_bytes(b"icns" + struct.pack(">I", len(entries) + 8) + entries)
    return target


def drawn(svg: Path, side: int) -> bytes:
    """A square PNG with a transparent ground.

    Raises:
        ValueError: the file is no picture.
    """
    renderer = QSvgRenderer(str(svg))
    if not renderer.isValid():
        raise ValueError(f"{svg} is no SVG that can be drawn.")
    picture = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture)
    return bytes(buffer.data().data())
