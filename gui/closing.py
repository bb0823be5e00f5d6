"""Closing the window: into the tray or a question where work is under way, which is saved before the end."""

import enum
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.closing_question import Way, answer_of, make_question, own_training, question_words
from gui.facts import Facts
from gui.queue.drops import Copied


class Phase(enum.Enum):
    """How far the closing is."""

    OPEN = enum.auto()
    FINISHING = enum.auto()
    """The end is wanted as soon as the files are copied; another wish may change that."""
    SAVING = enum.auto()
    """Waiting for facts: the training is saved, and every stored file is queued."""
    HANGING_UP = enum.auto()
    """The worker lets its host go."""
    GONE = enum.auto()


_MAY_ASK = frozenset({Phase.OPEN, Phase.FINISHING})


class Closing(QObject):
    """The one way out, for the close button, Quit, a signal and the end of the desktop session alike."""

    hide_wanted = Signal()
    """The window shall go and the work go on; the tray brings it back."""
    minimise_wanted = Signal()
    window_wanted = Signal()
    """There is a question, which needs a window to stand on."""
    leave_wanted = Signal()
    """No further file shall be copied."""
    stop_wanted = Signal()
    hang_up_wanted = Signal()
    saving = Signal(str)
    """What to show while it lasts."""
    done = Signal()

    def __init__(self, parent: QWidget, tray_there: Callable[[], bool] = lambda: False) -> None:
        """`tray_there` tells whether a hidden window could be found again."""
        super().__init__(parent)
        self._window = parent
        self._tray_there = tray_there
        self._facts = Facts()
        self._copied: Copied | None = None
        self._question: QMessageBox | None = None
        self._stopping = False
        """Stop was asked for."""
        self.phase = Phase.OPEN

    @Slot()
    def close_button(self) -> None:
        """The user closes the window: work that is under way goes on without it, where there is a tray."""
        if self.phase is Phase.OPEN and self._under_way and self._tray_there():
            self.hide_wanted.emit()
        else:
            self._ask(may_minimise=True)

    @Slot()
    def ask(self) -> None:
        """The user ends the program; a second wish changes nothing once it ends."""
        self._ask(may_minimise=False)

    @Slot()
    def now(self) -> None:
        """A signal or the end of the session: stop without asking. A daemon's training is not ours to stop."""
        if self.phase not in _MAY_ASK:
            return
        if self._question is not None:
            self._question.close()
        self._end(stop=own_training(self._facts))

    @Slot(object)
    def learn(self, facts: Facts) -> None:
        self._facts = facts
        self._go_on()

    @Slot(object)
    def learn_copied(self, copied: Copied | None) -> None:
        """How far the files are that were dropped; None when all are queued or refused."""
        self._copied = copied
        if self._question is not None:
            self._question.setText(question_words(self._facts, copied))
        if copied is None and self.phase is Phase.SAVING:
            self._say()  # the answer to the drop has taken its place
        self._go_on()

    @Slot()
    def lost(self) -> None:
        """There is no host whose training to wait for."""
        self._stopping = False
        self._go_on()

    @Slot()
    def hung_up(self) -> None:
        self.phase = Phase.GONE
        self.done.emit()

    @property
    def _under_way(self) -> bool:
        return self._facts.busy or self._facts.own_operation or self._copied is not None

    def _ask(self, *, may_minimise: bool) -> None:
        if self.phase not in _MAY_ASK:
            return
        if not self._under_way:
            self._end(stop=False)
            return
        self.window_wanted.emit()
        if self._question is None:
            self._question = make_question(self._window, self._facts, self._copied, may_minimise=may_minimise)
            self._question.finished.connect(self._answered)
            self._question.open()

    @Slot()
    def _answered(self) -> None:
        question, self._question = self._question, None
        if question is None or self.phase not in _MAY_ASK:
            return
        match answer_of(question):
            case Way.STOP:
                self._end(stop=True)
            case Way.LEAVE_OUT:
                self._end(stop=own_training(self._facts))
            case Way.LEAVE_RUNNING | Way.BREAK_OFF:
                self._end(stop=False)
            case Way.FINISH:
                self.phase = Phase.FINISHING
                self._go_on()
            case Way.MINIMISE:
                self.minimise_wanted.emit()
            case Way.CANCEL:
                self.phase = Phase.OPEN

    def _end(self, *, stop: bool) -> None:
        self.phase = Phase.SAVING
        self._stopping = stop
        self._say()
        self.leave_wanted.emit()
        if stop:
            self.stop_wanted.emit()
        self._go_on()

    def _say(self) -> None:
        if self._stopping:
            self.saving.emit(self.tr("Stopping: the step is finished and saved, then Espalier closes."))
        elif self._facts.own_operation:
            self.saving.emit(self.tr("Breaking off at the next safe place, then Espalier closes."))
        elif self._copied is not None:
            self.saving.emit(self.tr("The files that are copied are queued, then Espalier closes."))

    def _go_on(self) -> None:
        """Hang up when nothing is waited for any more: what is stored is queued, and the training is saved."""
        if self._copied is not None:
            return
        if self.phase is Phase.FINISHING:
            self._end(stop=own_training(self._facts))
        elif self.phase is Phase.SAVING and not (self._stopping and self._facts.busy):
            self._hang_up()

    def _hang_up(self) -> None:
        self.phase = Phase.HANGING_UP
        if not self._facts.remote:
            self.saving.emit(self.tr("Closing…"))
        self.hang_up_wanted.emit()
