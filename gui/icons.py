"""Our own SVG icons, drawn in the palette's colours so that they suit light and dark alike."""

from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

_SIZES = (16, 20, 24, 32, 48, 64)


def tinted(name: str, colours: QPalette) -> QIcon:
    """The icon `name` in the text colour of `colours`, paler where disabled."""
    icon = QIcon()
    for mode, group in (
        (QIcon.Mode.Normal, QPalette.ColorGroup.Active),
        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled),
    ):
        colour = colours.color(group, QPalette.ColorRole.ButtonText)
        svg = _svg(name).replace("currentColor", colour.name())
        for side in _SIZES:
            icon.addPixmap(_drawn(svg, side), mode)
    return icon


def coloured(name: str, colour: QColor, selected: QColor) -> QIcon:
    """The icon `name` in one colour, and in another where its row is selected."""
    icon = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Selected, selected)):
        svg = _svg(name).replace("currentColor", ink.name())
        for side in _SIZES:
            icon.addPixmap(_drawn(svg, side), mode)
    return icon


def paint(painter: QPainter, name: str, area: QRectF, colour: QColor) -> None:
    """Draw one icon with whatever sharpness the painter has."""
    svg = _svg(name).replace("currentColor", colour.name())
    QSvgRenderer(QByteArray(svg.encode())).render(painter, area)


def application_icon() -> QIcon:
    """The mark of the application, for the window and the task bar."""
    icon = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        icon.addPixmap(_drawn(_svg("espalier"), side))
    return icon


def _svg(name: str) -> str:
    return (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def _drawn(svg: str, side: int) -> QPixmap:
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return picture
