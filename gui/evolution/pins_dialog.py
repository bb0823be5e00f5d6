"""The pinned examples as a list: what follows the model across files, to add to and to take from."""

from collections.abc import Collection

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from backend.domain.pin import Pin
from backend.protocol import evolution as e
from backend.protocol.host import Done, Failure, Reply, Request
from gui import format as text
from gui.dialogs.frame import DialogFrame
from gui.evolution.example_words import CONTEXT
from gui.evolution.pin_columns import COLUMNS
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(900, 460)


class PinsDialog(DialogFrame):
    """Follows facts: a list that another program changes is shown as it then is."""

    form_wanted = Signal()
    """The user wants to type an example in."""

    def __init__(self, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("pins", theme, parent)
        heading = self.tr("Pinned examples")
        model = TableModel(COLUMNS, CONTEXT, lambda pin: pin.example_id, theme, self)
        nothing = self.tr(
            "Nothing is pinned. A pinned example is asked in the training of every file, so that you see whether the "
            "model still knows it. Pin one in the Evolution tab, or type one in."
        )
        self.table = TablePanel(model, heading, nothing)
        self.add = QPushButton(self.tr("Add an example…"))
        self.unpin = QPushButton(self.tr("Unpin"))
        self.add.clicked.connect(self.form_wanted)
        self.unpin.clicked.connect(self._unpin)
        self.table.chosen.connect(self._look)
        QShortcut(
            QKeySequence.StandardKey.Delete, self.table.view, self._unpin, context=Qt.ShortcutContext.WidgetShortcut
        )
        self.arrange(heading, self.table, (self.add, self.unpin), _SIZE)
        self._look()

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(e.ListPins())

    @Slot(object, object)
    def answer(self, _request: Request, reply: Reply) -> None:
        match reply:
            case e.PinsReply(pins=pins):
                self._show(pins)
            case Done(text=done):
                self.say("info", done)
            case Failure():
                self.say_failure(reply)

    @Slot(object)
    def learn_pins(self, changed: e.PinsChanged) -> None:
        self._show(changed.pins)

    def _show(self, pins: Collection[Pin]) -> None:
        self.table.model.show(list(pins))
        counted = text.count(len(pins), self.tr("example"), self.tr("examples"))
        words = self.tr("{examples}, in the panel of every file. Changes take effect from the next file on.")
        self.about.setText(words.format(examples=counted) if pins else "")
        self._look()

    @Slot()
    def _look(self) -> None:
        self.unpin.setEnabled(bool(self.table.selected()))

    @Slot()
    def _unpin(self) -> None:
        for pin in self.table.selected():
            self.wanted.emit(e.Unpin(example_id=pin.example_id))
