"""The question before the end: what is under way, and the ways to go on."""

import enum

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from gui.facts import Facts
from gui.operations.words import doing
from gui.queue.drops import Copied

CONTEXT = "closing"


class Way(enum.StrEnum):
    """What the user may answer; the button of each bears its name, but for Cancel, which has none."""

    CANCEL = ""
    STOP = "stop-and-quit"
    LEAVE_RUNNING = "keep-running"
    MINIMISE = "minimise"
    FINISH = "finish-copying"
    LEAVE_OUT = "leave-out"
    BREAK_OFF = "break-off"


def make_question(window: QWidget, facts: Facts, copied: Copied | None, *, may_minimise: bool) -> QMessageBox:
    """A box of which `answer_of` tells the answer.

    Args:
        copied: how far the files are that are being copied; None where there are none.
        may_minimise: whether to offer that the window goes and the training goes on.
    """
    box = QMessageBox(window)
    box.setObjectName("close-question")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(_tr("Close Espalier"))
    box.setText(question_words(facts, copied))
    box.setInformativeText(_what_follows(facts, copied))
    if may_minimise and (own_training(facts) or facts.own_operation):
        words = _tr("Keep training, minimised") if facts.busy else _tr("Keep going, minimised")
        _add(box, Way.MINIMISE, words, QMessageBox.ButtonRole.AcceptRole)
    if copied is None and facts.own_operation and not facts.busy:
        _add(box, Way.BREAK_OFF, _tr("Break off and quit"), QMessageBox.ButtonRole.DestructiveRole)
    elif copied is None:
        _offer_ends_of_training(box, facts)
    else:
        _offer_ends_of_copying(box, facts)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    cancel.setIcon(QIcon())
    if box.defaultButton() is None:
        box.setDefaultButton(cancel)
    return box


def answer_of(question: QMessageBox) -> Way:
    clicked = question.clickedButton()
    return Way.CANCEL if clicked is None else Way(clicked.objectName())


def question_words(facts: Facts, copied: Copied | None) -> str:
    """The headline; it changes while files are copied behind the question."""
    if copied is None and facts.operation is not None and not facts.busy:
        return _tr("Under way: {what}.").format(what=doing(facts.operation))
    if copied is None:
        return _tr("A training is under way.") if facts.busy else _tr("The files are copied and queued.")
    words = (
        _tr("A training is under way, and files are being copied: {n} of {total}.")
        if own_training(facts)
        else _tr("Files are being copied: {n} of {total}.")
    )
    return words.format(n=f"{copied.number:,}", total=f"{copied.total:,}")


def own_training(facts: Facts) -> bool:
    """Whether a training is under way that ends with this program."""
    return facts.busy and not facts.remote


def _what_follows(facts: Facts, copied: Copied | None) -> str:
    parts = []
    if copied is not None:
        parts.append(
            _tr("What is copied is queued. A file that is left out stays where it is and can be dropped again.")
        )
    if own_training(facts):
        parts.append(_tr("Stopping finishes the step and saves it; the file goes on from there at the next start."))
    elif facts.busy:
        parts.append(_tr("The training runs in another program and goes on when this window closes."))
    if facts.own_operation:
        parts.append(_tr("What has begun is broken off at the next safe place, and everything is as before it."))
    return " ".join(parts)


def _offer_ends_of_training(box: QMessageBox, facts: Facts) -> None:
    if facts.remote:
        _add(box, Way.LEAVE_RUNNING, _tr("Keep running and close"), QMessageBox.ButtonRole.AcceptRole)
    _add(box, Way.STOP, _tr("Stop and quit"), QMessageBox.ButtonRole.DestructiveRole)


def _offer_ends_of_copying(box: QMessageBox, facts: Facts) -> None:
    """To wait for the copies is what Enter does, unless it would end a training too."""
    if own_training(facts):
        _add(box, Way.FINISH, _tr("Finish copying, then stop and quit"), QMessageBox.ButtonRole.AcceptRole)
        _add(box, Way.LEAVE_OUT, _tr("Stop, leave the rest out"), QMessageBox.ButtonRole.DestructiveRole)
        return
    finish = _add(box, Way.FINISH, _tr("Finish copying, then close"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(finish)
    _add(box, Way.LEAVE_OUT, _tr("Leave the rest out"), QMessageBox.ButtonRole.DestructiveRole)


def _add(box: QMessageBox, way: Way, words: str, role: QMessageBox.ButtonRole) -> QPushButton:
    made = box.addButton(words, role)
    made.setObjectName(way)
    return made


def _tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)
