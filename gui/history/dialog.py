"""History: a time line of versions and trainings with what they descend from, and the chosen one beside it."""

from pathlib import Path, PurePosixPath

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QMessageBox,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from backend.domain.backup import Subject
from backend.domain.move import Move
from backend.domain.operation import Operation, OperationState
from backend.domain.version import Version
from backend.protocol.evolution import RunQuestion
from backend.protocol.host import Done, Failure, GetHeadHistory, HeadHistoryReply, Reply, Request
from backend.protocol.keeping import (
    CancelOperation,
    CreateBackup,
    ExportVersion,
    ListVersions,
    OperationBegun,
    RestoreVersion,
    TagVersion,
    VerifyVersions,
    VersionsReply,
)
from gui import format as text
from gui.dialogs.frame import DialogFrame
from gui.facts import Facts
from gui.history.card import EntryCard
from gui.history.columns import COLUMNS, CONTEXT
from gui.history.graph import GraphDelegate
from gui.history.preview import EvolutionPreview
from gui.history.timeline import Entry, timeline
from gui.history.verbs import VersionVerbs
from gui.operations import words
from gui.operations.strip import OperationStrip
from gui.table.model import RECORD_ROLE, TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(1180, 700)
_SHARES = [690, 460]
_REST_MS = 50


class HistoryDialog(DialogFrame):
    """It asks again whenever the head has moved or a version has changed."""

    comparison_wanted = Signal(str, str)
    """Ids of two versions, the older first."""
    deletion_wanted = Signal(str)

    def __init__(self, home: Path, undo: QAction, redo: QAction, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("history", theme, parent)
        self._moves: tuple[Move, ...] | None = None
        self._versions: VersionsReply | None = None
        self._to_choose = ""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.ask)
        heading = self.tr("History")
        nothing = self.tr("Nothing was trained yet. Each training, version and choice of a model is listed here.")
        model = TableModel(COLUMNS, CONTEXT, lambda entry: entry.key, theme, self)
        self.table = TablePanel(model, heading, nothing)
        self._graph = GraphDelegate(theme, self.table.view)
        self.table.view.setItemDelegateForColumn(0, self._graph)
        self.verbs = VersionVerbs()
        self.preview = EvolutionPreview(theme)
        self.card = EntryCard(home, self.verbs, self.preview)
        self.strip = OperationStrip()
        self.compare = QPushButton(self.tr("Compare…"))
        self.verify_all = QPushButton(self.tr("Verify all"))
        self.verify_all.setToolTip(self.tr("Read every byte of every version back from disk"))
        self._connect()
        self.arrange(heading, self._body(), self._buttons(undo, redo), _SIZE)
        self._follow_rows()

    @Slot()
    def refresh(self) -> None:
        """Something has changed, and more may follow at once: ask when it rests."""
        self._rest.start()

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(GetHeadHistory())
        self.wanted.emit(ListVersions())
        self.preview.begin()

    def choose(self, version: str) -> None:
        """Go to this version as soon as it is listed; an empty one leaves the choice as it is."""
        self._to_choose = version
        self._go_to_chosen()

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        self.preview.answer(request, reply)
        match request, reply:
            case _, HeadHistoryReply(moves=moves):
                self._moves = moves  # the versions follow, and both are shown together
            case _, VersionsReply():
                self._versions = reply
                self._show()
            case _, OperationBegun(operation=operation):
                self.say("info", "")
                self.strip.learn(operation)
            case TagVersion(), Done(text=done):
                self.say("info", done)
            case _, Failure() if not isinstance(request, RunQuestion):
                self.say_failure(reply)

    @Slot(object)
    def learn(self, operation: Operation) -> None:
        self.strip.learn(operation)
        if operation.state is not OperationState.RUNNING:
            self.say("error" if operation.state is OperationState.FAILED else "info", words.ended(operation))

    @Slot(object)
    def learn_facts(self, facts: Facts) -> None:
        self.verbs.learn_facts(facts)
        self.strip.learn(facts.operation)
        why = "" if facts.operation is None else words.must_wait(facts.operation)
        self.verify_all.setEnabled(not why)
        self.verify_all.setToolTip(why or self.tr("Read every byte of every version back from disk"))

    @property
    def version(self) -> Version | None:
        """The one that is chosen, where a version is."""
        chosen = self._chosen()
        return None if chosen is None else chosen.version

    def _show(self) -> None:
        """Once both are known, so that no row comes and goes."""
        if self._moves is None or self._versions is None:
            return
        first = not self.table.model.records
        versions = self._versions.versions
        self.table.model.show(timeline(self._moves, versions, self._versions.head))
        size = text.size(sum(version.bytes for version in versions))
        counted = text.count(len(versions), self.tr("version"), self.tr("versions"))
        about = self.tr("{versions}, {size}. The newest stand first; what was undone or left is kept beside.")
        none = self.tr("No version yet: Consolidate… makes one of what was trained.")
        self.about.setText(about.format(versions=counted, size=size) if versions else none)
        self.verify_all.setVisible(bool(versions))
        if first:
            self.table.view.setFocus()
        if first and not self._to_choose:
            self.table.select(lambda entry: entry.is_head)
        self._go_to_chosen()
        self._follow_rows()

    def _go_to_chosen(self) -> None:
        wanted = self._to_choose
        there = [entry for entry in self.table.model.records if _is_version(entry, wanted)] if wanted else []
        if there:
            self._to_choose = ""
            self.table.wanted.clear()
            self.table.select(lambda entry: entry.key == there[0].key)

    def _chosen(self) -> Entry | None:
        """The current row among those that are selected."""
        selected = self.table.selected()
        current = self.table.view.currentIndex()
        if current.isValid() and len(selected) > 1:
            row = current.siblingAtColumn(0).data(RECORD_ROLE)
            if isinstance(row, Entry) and row in selected:
                return row
        return selected[0] if selected else None

    @Slot()
    def _follow_rows(self) -> None:
        chosen = self._chosen()
        self.card.show_entry(chosen)
        self.verbs.show_version(None if chosen is None else chosen.version)
        self.compare.setEnabled(len(self._pair()) == 2)
        two = self.tr("Settings, lineage, losses, and answers of the two selected versions")
        self.compare.setToolTip(two if self.compare.isEnabled() else self.tr("Select two versions (Ctrl+click)"))

    def _pair(self) -> list[str]:
        """Ids of the selected versions, the older first."""
        return [entry.version.id for entry in reversed(self.table.selected()) if entry.version is not None]

    @Slot()
    def _compare(self) -> None:
        if len(pair := self._pair()) == 2:
            self.comparison_wanted.emit(pair[0], pair[1])

    @Slot()
    def _restore(self) -> None:
        if (version := self.version) is None:
            return
        box = QMessageBox(self)
        box.setObjectName("restore-version")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(self.tr("Restore {version}").format(version=version.id))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("Restore {version}?").format(version=version.id))
        box.setInformativeText(
            self.tr(
                "The model in training becomes {version} whole, without an adapter. The present one is kept, and Undo "
                "goes back to it. Files that wait stay in the queue; a paused one goes on upon {version}, no longer "
                "bit for bit as before."
            ).format(version=version.id)
        )
        go = box.addButton(self.tr("Restore"), QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        go.setProperty("version", version.id)
        go.clicked.connect(self._restore_now)
        box.open()

    @Slot()
    def _restore_now(self) -> None:
        self.wanted.emit(RestoreVersion(version=str(self.sender().property("version"))))

    @Slot()
    def _back_up(self) -> None:
        if (version := self.version) is not None:
            self.wanted.emit(CreateBackup(subject=Subject.VERSION, of=version.id))

    @Slot()
    def _verify(self) -> None:
        if (version := self.version) is not None:
            self.wanted.emit(VerifyVersions(versions=(version.id,)))

    @Slot()
    def _verify_all(self) -> None:
        self.wanted.emit(VerifyVersions())

    @Slot(bool)
    def _export(self, adapter_only: bool) -> None:
        version = self.version
        title = self.tr("Export into which folder?")
        folder = QFileDialog.getExistingDirectory(self, title) if version is not None else ""
        if folder and version is not None:
            self.export_into(folder, version, adapter_only)

    def export_into(self, folder: str, version: Version, adapter_only: bool) -> None:
        """A new folder in it, named as the version's own."""
        name = PurePosixPath(version.path).name + ("_adapter" if adapter_only else "")
        self.wanted.emit(ExportVersion(version=version.id, target=str(Path(folder) / name), adapter_only=adapter_only))

    @Slot()
    def _delete(self) -> None:
        if (version := self.version) is not None:
            self.deletion_wanted.emit(version.id)

    @Slot(str, object)
    def _tag(self, version: str, tags: tuple[str, ...]) -> None:
        self.wanted.emit(TagVersion(version=version, tags=tags))

    @Slot(object)
    def _cancel(self, operation: int) -> None:
        self.wanted.emit(CancelOperation(operation=operation))

    @Slot()
    def _look_at_filter(self) -> None:
        self._graph.lines = not self.table.wanted.text()

    def _connect(self) -> None:
        self.table.chosen.connect(self._follow_rows)
        self.table.wanted.textChanged.connect(self._look_at_filter)
        self.preview.wanted.connect(self.wanted)
        self.strip.cancel_wanted.connect(self._cancel)
        self.compare.clicked.connect(self._compare)
        self.verify_all.clicked.connect(self._verify_all)
        self.card.tags_wanted.connect(self._tag)
        self.verbs.restore_wanted.connect(self._restore)
        self.verbs.backup_wanted.connect(self._back_up)
        self.verbs.verify_wanted.connect(self._verify)
        self.verbs.export_wanted.connect(self._export)
        self.verbs.delete_wanted.connect(self._delete)

    def _buttons(self, undo: QAction, redo: QAction) -> list[QAbstractButton]:
        buttons: list[QAbstractButton] = []
        for action in (undo, redo):
            button = QToolButton()
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setDefaultAction(action)
            buttons.append(button)
        return [*buttons, self.compare, self.verify_all]

    def _body(self) -> QWidget:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.card)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes(_SHARES)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(split, 1)
        column.addWidget(self.strip)
        return body


def _is_version(entry: Entry, wanted: str) -> bool:
    return entry.version is not None and entry.version.id == wanted
