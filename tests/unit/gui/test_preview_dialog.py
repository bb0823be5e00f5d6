"""The preview dialog: filled by a real child, or by what a test tells it; its child ends with it."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from backend.domain.dataset import BadLine, Fault
from backend.domain.head import Base, Head
from backend.domain.move import MoveKind
from backend.domain.preview import FirstRow, Histogram, Lengths, Preview, Span, TokenFigures
from backend.paths import Home
from backend.protocol.preview import Looked, NotReadable, Reading
from backend.store.store import Store
from gui.actions.catalogue import ActionId
from gui.preview.dialog import PreviewDialog
from gui.preview.opener import Previews
from gui.theme import Theme, ThemeKeeper
from tests.fakes.window import PATIENCE_MS, User, WriteFile

SitDown = Callable[..., User]
WriteRows = Callable[[Path, Iterable[dict[str, Any]]], Path]
Open = Callable[..., PreviewDialog]
SILENT = "import sys; sys.stdin.buffer.readline(); sys.stdin.buffer.read()"
BAD = BadLine(line=4, reason="It is \u202ebroken.", remedy="Mend it.", fault=Fault.FORM)
ROW = FirstRow(
    line=1,
    sequences=(
        (
            Span(text="<user>", tokens=1, special=True),
            Span(text="Who?\n", tokens=2),
            Span(text="I\u200b am.", tokens=3, learned=True),
            Span(text="<end>", tokens=1, learned=True, special=True),
            Span(text="", tokens=2000, left_out=True),
            Span(text="\n", tokens=1),
        ),
    ),
    tokens=2008,
    supervised=4,
)
FIGURES = TokenFigures(
    base="tiny",
    limit=512,
    tokens=2008,
    supervised=4,
    lengths=Lengths(p50=10, p95=20, longest=30),
    supervised_lengths=Lengths(p50=4, p95=4, longest=4),
    histogram=Histogram(width=10, counts=(2, 0, 1)),
    heldout=2,
    steps=9,
    warnings=("The template leaves something out.",),
)
SEEN = Preview(
    name="a.jsonl",
    bytes=1500,
    complete=True,
    rows=3,
    refused=1,
    faults={Fault.FORM: 1},
    bad=(BAD,),
    formats={"messages": 3},
    duplicates=1,
    tokens=FIGURES,
    first=(ROW,),
)


@pytest.fixture
def dialog(window: QWidget, theme: ThemeKeeper, tmp_path: Path) -> PreviewDialog:
    """Open on a file that nobody reads."""
    made = PreviewDialog(tmp_path / "a.jsonl", theme, window)
    made.show()
    return made


@pytest.fixture
def opener(window: QWidget, theme: ThemeKeeper, home: Home) -> Iterator[Callable[..., Previews]]:
    """Makes what opens previews; its thread is ended afterwards."""
    made: list[Previews] = []

    def make(*command: str) -> Previews:
        made.append(Previews(home, theme, window, command or None))
        return made[-1]

    yield make
    for one in made:
        one.leave()


@pytest.fixture
def rows(tmp_path: Path, write_rows: WriteRows) -> Path:
    return write_rows(tmp_path / "rows.jsonl", [{"prompt": "Who?", "completion": "Espalier."}, {"no": 1}])


def child() -> psutil.Process | None:
    """The one that looks at a file, if there is one."""
    return next((one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE), None)


def learned_text(dialog: PreviewDialog) -> str:
    """What is underlined, each character looked at by itself; the end of a paragraph looks like what follows it."""
    document = dialog.rows.document()
    cursor = QTextCursor(document)
    found = []
    while cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor):
        style = cursor.charFormat()
        underlined = style.underlineStyle() is not QTextCharFormat.UnderlineStyle.NoUnderline
        assert underlined == (style.background().style() is not Qt.BrushStyle.NoBrush)
        if underlined and cursor.selectedText() != "\N{PARAGRAPH SEPARATOR}":
            found.append(cursor.selectedText())
        cursor.setPosition(cursor.position())
    return "".join(found)


def test_a_file_is_looked_at_with_the_real_tokenizer(
    qtbot: QtBot, opener: Callable[..., Previews], home: Home, tiny_base: Base, rows: Path
) -> None:
    store = Store.open(home)
    with store.atomic():
        store.bases.put(tiny_base)
        store.head.move(Head(base=tiny_base.slug), MoveKind.USE)
    store.close()
    dialog = opener().show(rows)
    assert "Reading rows.jsonl" in dialog.words
    qtbot.waitUntil(lambda: dialog.seen is not None and dialog.seen.complete, timeout=PATIENCE_MS)
    assert learned_text(dialog) == "Espalier.<|im_end|>"
    assert (dialog.figures.value("rows"), dialog.figures.value("refused")) == ("1", "1")
    assert dialog.progress.isHidden()
    assert dialog.stop.isHidden()
    qtbot.waitUntil(lambda: child() is None, timeout=PATIENCE_MS)


def test_closing_it_ends_the_child(qtbot: QtBot, opener: Callable[..., Previews], rows: Path) -> None:
    dialog = opener(sys.executable, "-c", SILENT).show(rows)
    qtbot.waitUntil(lambda: child() is not None, timeout=PATIENCE_MS)
    dialog.reject()
    qtbot.waitUntil(lambda: child() is None, timeout=PATIENCE_MS)


def test_leaving_ends_the_children_of_all_dialogs(qtbot: QtBot, opener: Callable[..., Previews], rows: Path) -> None:
    previews = opener(sys.executable, "-c", SILENT)
    for _ in range(2):
        previews.show(rows)
    qtbot.waitUntil(lambda: len(psutil.Process().children()) == 2, timeout=PATIENCE_MS)
    previews.leave()
    assert child() is None


def test_reading_can_be_stopped_and_what_is_known_stays(qtbot: QtBot, opener: Callable[..., Previews]) -> None:
    dialog = opener(sys.executable, "-c", SILENT).show(Path("a.jsonl"))
    qtbot.waitUntil(lambda: child() is not None, timeout=PATIENCE_MS)
    dialog.show_looked(Looked(preview=SEEN, last=False))
    assert not dialog.progress.isHidden()
    dialog.stop.click()
    qtbot.waitUntil(lambda: child() is None, timeout=PATIENCE_MS)
    assert "part that was read" in dialog.words
    assert dialog.progress.isHidden()
    assert dialog.figures.value("rows") == "3"


def test_a_file_that_cannot_be_read_says_why_and_cannot_be_added(
    qtbot: QtBot, opener: Callable[..., Previews], tmp_path: Path
) -> None:
    dialog = opener().show(tmp_path / "missing.jsonl")
    qtbot.waitUntil(lambda: "There is no file" in dialog.words, timeout=PATIENCE_MS)
    assert "Check the name." in dialog.words
    assert not dialog.add.isEnabled()
    assert dialog.progress.isHidden()


def test_learned_text_has_a_ground_and_a_line_in_light_and_dark(dialog: PreviewDialog, theme: ThemeKeeper) -> None:
    dialog.show_looked(Looked(preview=SEEN, last=True))
    for chosen in (Theme.DARK, Theme.LIGHT):
        theme.choose(chosen)
        assert learned_text(dialog) == "I⟨U+200B⟩ am.<end>"
    whole = dialog.rows.toPlainText()
    assert "2,000 tokens not shown" in whole
    assert "Line 1 · 2,008 tokens · 4 learned" in whole


def test_special_tokens_are_monospaced_and_quiet(dialog: PreviewDialog) -> None:
    dialog.show_looked(Looked(preview=SEEN, last=True))
    cursor = dialog.rows.document().find("<user>")
    assert cursor.charFormat().fontFixedPitch() or "ono" in str(cursor.charFormat().fontFamilies())
    plain = dialog.rows.document().find("Who?")
    assert cursor.charFormat().foreground() != plain.charFormat().foreground()


def test_it_begins_at_the_first_row(qtbot: QtBot, dialog: PreviewDialog) -> None:
    many = msgspec.structs.replace(SEEN, first=(ROW,) * 20)
    dialog.show_looked(Looked(preview=many, last=True))
    qtbot.waitUntil(lambda: dialog.rows.verticalScrollBar().maximum() > 0, timeout=PATIENCE_MS)
    assert dialog.rows.verticalScrollBar().value() == 0


def test_refused_lines_are_listed_with_reason_and_remedy_and_copied(dialog: PreviewDialog) -> None:
    dialog.show_looked(Looked(preview=SEEN, last=False))
    dialog.show_looked(Looked(preview=SEEN, last=True))
    lines = dialog.refused.lines
    shown = [[lines.index(r, c).data() for c in range(lines.columnCount())] for r in range(lines.rowCount())]
    assert shown == [["4", "It is ⟨U+202E⟩broken.", "Mend it."]]
    assert "Refused lines (1)" in dialog.tabs.tabText(1)
    dialog.tabs.setCurrentIndex(1)
    dialog.refused.selectAll()
    QTest.keyClick(dialog.refused, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "4\tIt is ⟨U+202E⟩broken.\tMend it."


def test_figures_and_warnings_are_shown(dialog: PreviewDialog) -> None:
    dialog.show_reading(Reading(done=750, total=1500))
    assert dialog.progress.value() == dialog.progress.maximum() // 2
    dialog.show_looked(Looked(preview=SEEN, last=True))
    wanted = {"rows": "3", "duplicates": "1", "tokens": "2,008", "length": "10 · 20 · 30", "steps": "9", "heldout": "2"}
    assert {key: dialog.figures.value(key) for key in wanted} == wanted
    assert "leaves something out" in dialog.words
    assert "95 of 100 at most 20" in dialog.histogram.accessibleDescription()


def test_a_bar_of_the_histogram_is_found_by_its_place(dialog: PreviewDialog) -> None:
    dialog.show_looked(Looked(preview=SEEN, last=True))
    width = dialog.histogram.width()
    assert dialog.histogram.bar_at(0) is None
    assert [dialog.histogram.bar_at(width * share) for share in (0.1, 0.5, 0.9)] == [0, 1, 2]
    assert not dialog.histogram.grab().isNull()


def test_without_a_model_there_are_counts_and_the_reason(dialog: PreviewDialog) -> None:
    counted = msgspec.structs.replace(SEEN, tokens=None, first=(), note="No model is chosen.")
    dialog.show_looked(Looked(preview=counted, last=True))
    assert dialog.words == "No model is chosen."
    assert (dialog.figures.value("rows"), dialog.figures.value("tokens")) == ("3", "\N{EN DASH}")
    assert dialog.histogram.isHidden()


def test_a_file_that_was_looked_at_can_be_added_to_the_queue(user: SitDown, write_file: WriteFile) -> None:
    me = user()
    dialog = me.program.previews.show(write_file("a.jsonl"))
    me.wait_for(dialog.add.isEnabled)
    QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    me.wait_for(lambda: me.names() == ["a.jsonl"])


def test_a_queued_file_is_previewed_from_its_menu_and_by_double_click(user: SitDown, write_file: WriteFile) -> None:
    me = user()
    assert not me.can(ActionId.PREVIEW)
    me.drop(write_file("a.jsonl"))
    me.window.queue.select([me.job("a.jsonl").id])
    me.press(ActionId.PREVIEW)
    view = me.window.queue.view
    place: QPoint = view.visualRect(me.window.queue.model.job_index(me.job("a.jsonl").id)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    dialogs = me.window.findChildren(PreviewDialog)
    assert len(dialogs) == 2
    me.wait_for(lambda: all(d.seen is not None and d.seen.complete for d in dialogs))
    for dialog in dialogs:
        assert "(job 1)" in dialog.windowTitle()
        assert dialog.figures.value("rows") == "3"
        assert not dialog.add.isVisible()
        assert "cannot be read" in dialog.words  # the model of the scripted engine has no tokenizer


def test_a_file_is_chosen_in_the_menu(user: SitDown, write_file: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    me = user()
    path = write_file("a.jsonl")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    me.press(ActionId.PREVIEW_FILE)
    [dialog] = me.window.findChildren(PreviewDialog)
    assert "a.jsonl" in dialog.windowTitle()
    me.wait_for(lambda: dialog.seen is not None and dialog.seen.complete)
    assert me.names() == []


def test_an_error_of_the_home_is_shown(
    qtbot: QtBot, opener: Callable[..., Previews], home: Home, tmp_path: Path
) -> None:
    home.config.write_text("job = 3", encoding="utf-8")
    dialog = opener().show(tmp_path / "a.jsonl")
    qtbot.waitUntil(lambda: "config.toml" in dialog.words, timeout=PATIENCE_MS)
    dialog.show_failure(NotReadable(message="x\u202e", hint="y"))
    assert dialog.words == "x⟨U+202E⟩ y"
    assert [button.text() for button in dialog.findChildren(QPushButton) if button.isVisible()]
