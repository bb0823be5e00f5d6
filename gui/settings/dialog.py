"""The settings of the home, changed through the host; what it refuses stays in the form, with the reason."""

import msgspec
from PySide6.QtCore import QCoreApplication, QSize, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from backend.options import options
from backend.protocol.host import Done, Failure, GetSettings, PutSetting, Reply, Request, SettingsReply
from backend.settings import Settings
from gui import format as text
from gui.dialogs.frame import DialogFrame
from gui.settings.form import Section, SettingsForm
from gui.settings.spelling import CONTEXT
from gui.theme import ThemeKeeper
from gui.translating import QT_TRANSLATE_NOOP

_SIZE = QSize(720, 680)
_GROUPS = {
    "job": (
        QT_TRANSLATE_NOOP("settings", "New files"),
        QT_TRANSLATE_NOOP("settings", "For files that are queued from now on; one that waits keeps what it has."),
    ),
    "adapter": (
        QT_TRANSLATE_NOOP("settings", "New adapters"),
        QT_TRANSLATE_NOOP("settings", "For the next model that is chosen; the adapter in training keeps its shape."),
    ),
    "engine": (
        QT_TRANSLATE_NOOP("settings", "Engine"),
        QT_TRANSLATE_NOOP("settings", "From the next file on, or when this one goes on after a pause or stop."),
    ),
    "daily": (
        QT_TRANSLATE_NOOP("settings", "Daily snapshots"),
        QT_TRANSLATE_NOOP("settings", "At once."),
    ),
    "backup": (
        QT_TRANSLATE_NOOP("settings", "Backups"),
        QT_TRANSLATE_NOOP(
            "settings", "At once; backups that are there are not copied to a new second location by this."
        ),
    ),
    "power": (
        QT_TRANSLATE_NOOP("settings", "Power"),
        QT_TRANSLATE_NOOP("settings", "At once."),
    ),
    "window": (
        QT_TRANSLATE_NOOP("settings", "Window"),
        QT_TRANSLATE_NOOP("settings", "At once."),
    ),
}
"""Heading of each group, and when a change takes effect."""


def sections(settings: Settings) -> list[Section]:
    """A section for each group; one that has no heading here bears its own name."""
    made = []
    for name in settings.__struct_fields__:
        group = getattr(settings, name)
        if isinstance(group, msgspec.Struct):
            title, note = _GROUPS.get(name, (name.capitalize(), ""))
            made.append(
                Section(
                    title=QCoreApplication.translate(CONTEXT, title),
                    note=QCoreApplication.translate(CONTEXT, note),
                    options=tuple(options(group, f"{name}.")),
                )
            )
    return made


class SettingsDialog(DialogFrame):
    """Closes when the host has taken everything."""

    stored = Signal(str)
    """What was saved, in words."""

    def __init__(self, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("settings", theme, parent)
        self.form = SettingsForm(theme)
        self.save = QPushButton(self.tr("Save"))
        self._waiting: list[str] = []
        self._taken = 0
        self._refused = 0
        self.save.setAutoDefault(False)  # Enter belongs to the search
        QShortcut(QKeySequence("Ctrl+Return"), self, self.save.click)  # its own would go with each new text
        self.save.clicked.connect(self._save)
        self.form.edited.connect(self._count)
        self.box.addButton(self.save, QDialogButtonBox.ButtonRole.ApplyRole)
        self.end.setText(self.tr("Cancel"))
        self.about.setText(self.tr("A name in bold differs from its default; a dot marks what is not saved yet."))
        self.arrange(self.tr("Settings"), self.form, (), _SIZE)
        self._count()

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(GetSettings())

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case _, SettingsReply(settings=settings):
                self.form.fill(sections(settings))
                self._count()
            case PutSetting(key=key), Done():
                self._taken += 1
                self.form.fields[key].settle()
                self._settle(key)
            case PutSetting(key=key), Failure(message=message, hint=hint):
                self._refused += 1
                self.form.fields[key].complain(f"{message} {hint}".strip())
                self._settle(key)
            case _, Failure():
                self.say_failure(reply)

    @Slot()
    def _save(self) -> None:
        changes = self.form.changes
        self._waiting, self._taken, self._refused = list(changes), 0, 0
        self._count()
        for key, value in changes.items():
            self.wanted.emit(PutSetting(key=key, value=value))

    def _settle(self, key: str) -> None:
        """Every setting is a request of its own, so that one that does not fit holds up no other."""
        self._waiting.remove(key)
        if self._waiting:
            return
        saved = text.count(self._taken, self.tr("setting is saved"), self.tr("settings are saved"))
        if not self._refused:
            self.stored.emit(f"{saved}.")
            self.accept()
            return
        refused = text.count(self._refused, self.tr("was refused"), self.tr("were refused"))
        self.say("error", self.tr("{saved}, {refused}.").format(saved=saved, refused=refused))
        self.form.reveal(next(key for key, field in self.form.fields.items() if field.wrong))
        self._count()

    @Slot()
    def _count(self) -> None:
        count = len(self.form.changes)
        self.save.setEnabled(count > 0 and not self._waiting and self.form.may_be_saved)
        changes = text.count(count, self.tr("change"), self.tr("changes"))
        self.save.setText(self.tr("Save {changes}").format(changes=changes) if count else self.tr("Save"))
