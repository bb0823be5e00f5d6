"""The daily snapshots as a list, with a button that takes one now and one that thins them by the rule."""

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from backend.protocol.host import (
    DailiesReply,
    Done,
    Failure,
    GetDailies,
    Notice,
    Reply,
    Request,
    TakeDaily,
    ThinDailies,
)
from gui import format as text
from gui.daily.columns import COLUMNS, CONTEXT, DailyRow, rows
from gui.daily.thinning import ThinningDialog
from gui.dialogs.frame import DialogFrame
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(860, 520)


class DailyDialog(DialogFrame):
    """Follows facts: a snapshot is there when it was read back, not when it was asked for."""

    def __init__(self, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("daily", theme, parent)
        heading = self.tr("Daily snapshots")
        self._taking = False
        self._rows: list[DailyRow] = []
        model = TableModel(COLUMNS, CONTEXT, lambda row: row.daily.sequence, theme, self)
        nothing = self.tr("No snapshot yet. One is taken each day on which the model was trained.")
        self.table = TablePanel(model, heading, nothing)
        self.take = QPushButton(self.tr("Take one now"))
        self.thin = QPushButton(self.tr("Thin…"))
        self.take.clicked.connect(self._take)
        self.thin.clicked.connect(self._show_thinning)
        self.thin.setEnabled(False)
        self.arrange(heading, self.table, (self.take, self.thin), _SIZE)

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(GetDailies())

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case _, DailiesReply():
                self._show(reply)
            case TakeDaily(), Failure():
                self._settle()
                self.say_failure(reply)
            case TakeDaily(), Done():
                if self._taking:
                    self.say("info", self.tr("Copying, then reading every byte back…"))
            case ThinDailies(), Done(text=done):
                self.say("info", done)
                self.ask()
            case _, Failure():
                self.say_failure(reply)
                self.ask()

    @Slot()
    def learn_taken(self) -> None:
        """A snapshot was read back, one that came by itself too."""
        if self._taking:
            self._settle()
            self.say("info", self.tr("The snapshot is taken, and every byte was read back."))
        self.ask()

    @Slot(object)
    def learn_notice(self, notice: Notice) -> None:
        """While one is taken, an error is why it was not."""
        if self._taking and notice.level == "error":
            self._settle()
            self.say("error", f"{notice.text} {notice.hint}".strip())

    def _show(self, reply: DailiesReply) -> None:
        self._rows = rows(reply)
        self.table.model.show(self._rows)
        snapshots = text.count(len(self._rows), self.tr("snapshot"), self.tr("snapshots"))
        size = text.size(sum(row.daily.bytes for row in self._rows))
        going = self.tr("{count} would go when thinned") if reply.going else self.tr("none would go when thinned")
        words = (snapshots, size, going.format(count=f"{len(reply.going):,}"))
        self.about.setText(", ".join(words) + "." if self._rows else "")
        self.thin.setEnabled(bool(reply.going))

    @Slot()
    def _take(self) -> None:
        self._taking = True
        self.take.setEnabled(False)
        self.say("info", "")
        self.wanted.emit(TakeDaily())

    def _settle(self) -> None:
        self._taking = False
        self.take.setEnabled(True)

    @Slot()
    def _show_thinning(self) -> None:
        question = ThinningDialog(self._rows, self.theme, self)
        question.confirmed.connect(self._thin)
        question.open()

    @Slot(object)
    def _thin(self, days: tuple[str, ...]) -> None:
        self.wanted.emit(ThinDailies(days=days))
