"""The icons that installers carry: what they hold is read back, by their own formats and by Qt."""

import struct
from pathlib import Path

import pytest
from installer.icons import ICNS_SIDES, ICO_SIDES, drawn, write_icns, write_ico, write_png
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QImageReader

SVG = Path(__file__).parents[3] / "resources" / "icons" / "espalier.svg"
PNG = b"\x89PNG\r\n\x1a\n"


def side_of(png: bytes) -> tuple[int, int]:
    """Width and height that a PNG tells of itself."""
    assert png.startswith(PNG)
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.fixture(scope="module")
def ico(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ico(SVG, tmp_path_factory.mktemp("ico") / "espalier.ico")


@pytest.fixture(scope="module")
def icns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_icns(SVG, tmp_path_factory.mktemp("icns") / "espalier.icns")


def test_every_entry_of_the_ico_is_a_png_of_the_side_it_says(ico: Path) -> None:
    data = ico.read_bytes()
    reserved, kind, count = struct.unpack_from("<HHH", data)
    assert (reserved, kind, count) == (0, 1, len(ICO_SIDES))
    ends = [6 + 16 * count]
    for number, side in enumerate(ICO_SIDES):
        width, height, _, _, _, bits, length, offset = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        assert (width or 256, height or 256, bits) == (side, side, 32)
        assert side_of(data[offset : offset + length]) == (side, side)
        assert offset == ends[-1]  # nothing between two entries
        ends.append(offset + length)
    assert ends[-1] == len(data)


def test_every_entry_of_the_icns_is_a_png_of_its_kind(icns: Path) -> None:
    data = icns.read_bytes()
    assert data[:4] == b"icns"
    assert struct.unpack(">I", data[4:8])[0] == len(data)
    found: dict[bytes, tuple[int, int]] = {}
    place = 8
    while place < len(data):
        kind, length = data[place : place + 4], struct.unpack(">I", data[place + 4 : place + 8])[0]
        found[kind] = side_of(data[place + 8 : place + length])
        place += length
    assert found == {kind: (side, side) for kind, side in ICNS_SIDES.items()}


@pytest.mark.parametrize("name", ["ico", "icns"])
def test_qt_reads_what_was_written(name: str, request: pytest.FixtureRequest) -> None:
    reader = QImageReader(str(request.getfixturevalue(name)))
    sizes = set()
    for number in range(reader.imageCount()):
        reader.jumpToImage(number)
        picture = reader.read()
        assert not picture.isNull(), reader.errorString()
        sizes.add(picture.width())
    assert {32, 256} <= sizes


def test_the_picture_is_the_mark_on_a_transparent_ground(tmp_path: Path) -> None:
    picture = QImage(str(write_png(SVG, tmp_path / "espalier.png", 128)))
    assert picture.size() == QSize(128, 128)
    assert picture.pixelColor(0, 0).alpha() == 0
    assert picture.pixelColor(64, 64) != picture.pixelColor(10, 64)  # the stem is white on green
    assert picture.pixelColor(4, 100).green() > picture.pixelColor(4, 100).red()


def test_what_is_no_svg_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.svg"
    broken.write_text("no picture", encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.svg"):
        drawn(broken, 16)
