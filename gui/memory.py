"""What the window remembers from one start to the next: geometry, columns, last tab, theme."""

from PySide6.QtCore import QByteArray, QSettings

from backend.paths import Home
from gui.theme import Theme


class Memory:
    """Kept in window.ini in the home folder; losing it loses nothing but comfort."""

    def __init__(self, home: Home) -> None:
        self._settings = QSettings(str(home.window_settings), QSettings.Format.IniFormat)

    def layout(self, name: str) -> QByteArray | None:
        """The stored state of a widget, or None."""
        value = self._settings.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else None

    def keep_layout(self, name: str, state: QByteArray) -> None:
        self._settings.setValue(f"layout/{name}", state)

    @property
    def theme(self) -> Theme:
        value = str(self._settings.value("theme", Theme.AUTO))
        return Theme(value) if value in set(Theme) else Theme.AUTO

    def keep_theme(self, theme: Theme) -> None:
        self._settings.setValue("theme", str(theme))

    def number(self, name: str, default: int) -> int:
        value = str(self._settings.value(name, default))
        return int(value) if value.isdecimal() else default

    def keep_number(self, name: str, value: int) -> None:
        self._settings.setValue(name, value)

    def sync(self) -> None:
        self._settings.sync()
