"""Questions of dialogs to the host: each answer reaches its asker alone, and there is always an answer."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from backend.errors import Refused
from backend.host import Host
from backend.paths import Home
from backend.protocol import host as p
from gui.asking import HostLine, HostLines
from gui.worker import TrainingWorker
from tests.fakes.window import User

SitDown = Callable[..., User]


def answers(line: HostLine) -> list[tuple[p.Request, p.Reply]]:
    heard: list[tuple[p.Request, p.Reply]] = []
    line.answered.connect(lambda request, reply: heard.append((request, reply)))
    return heard


def test_an_answer_reaches_only_who_asked_and_answers_keep_the_order(user: SitDown) -> None:
    me = user()
    lines = HostLines(me.program.worker, me.window)
    mine, other = lines.give(me.window), lines.give(me.window)
    heard, not_heard = answers(mine), answers(other)
    asked: list[p.Request] = [p.GetSettings(), p.GetMoves(), p.GetHistory(job=99)]
    for request in asked:
        mine.ask(request)
    me.wait_for(lambda: len(heard) == 3)
    assert [request for request, _ in heard] == asked
    assert [type(reply) for _, reply in heard] == [p.SettingsReply, p.MovesReply, p.Failure]
    assert not_heard == []


def test_without_a_host_the_answer_is_a_failure(qtbot: QtBot, home: Home) -> None:
    def refuse(_home: Home) -> Host:
        raise Refused("Nobody is there.")

    worker, owner = TrainingWorker(home, refuse), QObject()
    line = HostLines(worker, owner).give(owner)
    heard = answers(line)
    line.ask(p.GetSettings())
    [(_, reply)] = heard
    assert isinstance(reply, p.Failure)
    assert "Try again" in reply.hint


def test_a_line_ends_with_its_owner(user: SitDown) -> None:
    me = user()
    lines = HostLines(me.program.worker, me.window)
    owner = QObject()
    gone, kept = lines.give(owner), lines.give(me.window)
    heard, still = answers(gone), answers(kept)
    gone.ask(p.GetMoves())
    kept.ask(p.GetMoves())
    delete(owner)
    me.wait_for(lambda: bool(still))
    assert heard == []
