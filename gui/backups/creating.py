"""Making a backup by hand: of what, and why."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QDialogButtonBox, QFormLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from backend.datasets.visible import visible
from backend.domain.backup import Subject
from backend.protocol.evolution import ListRuns, RunsReply
from backend.protocol.host import DailiesReply, Failure, GetDailies, ListModels, ModelsReply, Reply, Request
from backend.protocol.keeping import CreateBackup, ListVersions, OperationBegun, VersionsReply
from gui.backups.columns import tr
from gui.calm import CalmComboBox
from gui.dialogs.frame import DialogFrame
from gui.theme import ThemeKeeper
from gui.translating import QT_TRANSLATE_NOOP

_SIZE = QSize(520, 260)
_CHOICES = {
    Subject.HEAD: QT_TRANSLATE_NOOP("backups", "The model in training"),
    Subject.VERSION: QT_TRANSLATE_NOOP("backups", "A version"),
    Subject.BASE: QT_TRANSLATE_NOOP("backups", "A base model"),
    Subject.DAILY: QT_TRANSLATE_NOOP("backups", "A daily snapshot"),
    Subject.EVOLUTION: QT_TRANSLATE_NOOP("backups", "The evolution of a training"),
    Subject.CHECKPOINT: QT_TRANSLATE_NOOP("backups", "A checkpoint, by its number"),
}
_QUESTIONS: dict[Subject, Request] = {
    Subject.VERSION: ListVersions(),
    Subject.BASE: ListModels(),
    Subject.DAILY: GetDailies(),
    Subject.EVOLUTION: ListRuns(),
}


class CreatingDialog(DialogFrame):
    """Closes when the copying has begun; the list shows how far it is."""

    def __init__(self, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("creating", theme, parent)
        self.setModal(True)
        self._known: dict[Subject, list[tuple[str, str]]] = {}
        self.subject, self.of = CalmComboBox(), CalmComboBox()
        self.subject.setAccessibleName(self.tr("What kind of thing"))
        self.of.setAccessibleName(self.tr("Which one"))
        for subject, words in _CHOICES.items():
            self.subject.addItem(tr(words), subject.value)
        self.reason = QLineEdit()
        self.reason.setMaxLength(1000)
        self.reason.setPlaceholderText(self.tr("kept with the backup; may be empty"))
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow(self.tr("&Back up"), self.subject)
        self._form.addRow(self.tr("&Which"), self.of)
        self._form.addRow(self.tr("&Reason"), self.reason)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._form)
        column.addStretch()
        self.go = QPushButton(self.tr("Back up"))
        self.go.setAutoDefault(False)
        self.box.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        self.end.setText(self.tr("Cancel"))
        self.arrange(self.tr("Make a backup"), body, (), _SIZE)
        self.about.setText(self.tr("It is copied, read back from disk, and loaded once before it counts."))
        self.subject.currentIndexChanged.connect(self._follow)
        self.of.editTextChanged.connect(self._look)
        self.of.currentIndexChanged.connect(self._look)
        self.go.clicked.connect(self._begin)
        self.go.setDefault(True)
        self._follow()

    @property
    def chosen(self) -> Subject:
        return Subject(self.subject.currentData())

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case CreateBackup(), OperationBegun():
                self.accept()
            case _, Failure():
                self.say_failure(reply)
                self._look()
            case _, VersionsReply(versions=versions):
                found = [(f"{one.id}  {visible(one.card.slug)}", one.id) for one in reversed(versions)]
                self._learn(Subject.VERSION, found)
            case _, ModelsReply(models=models):
                self._learn(Subject.BASE, [(visible(one.name or one.slug), one.slug) for one in models])
            case _, DailiesReply(snapshots=snapshots):
                self._learn(Subject.DAILY, [(one.day, one.day) for one in reversed(snapshots)])
            case _, RunsReply(runs=runs):
                self._learn(Subject.EVOLUTION, [(visible(one.folder), one.folder) for one in runs])

    def _learn(self, subject: Subject, found: Sequence[tuple[str, str]]) -> None:
        self._known[subject] = list(found)
        if subject is self.chosen:
            self._fill()

    @Slot()
    def _follow(self) -> None:
        subject = self.chosen
        self._form.setRowVisible(self.of, subject is not Subject.HEAD)
        self.of.setEditable(subject is Subject.CHECKPOINT)
        self._fill()
        if subject in _QUESTIONS and subject not in self._known:
            self.wanted.emit(_QUESTIONS[subject])

    def _fill(self) -> None:
        self.of.clear()
        for words, name in self._known.get(self.chosen, ()):
            self.of.addItem(words, name)
        self._look()

    def _named(self) -> str:
        if self.chosen is Subject.HEAD:
            return ""
        return self.of.currentText().strip() if self.chosen is Subject.CHECKPOINT else str(self.of.currentData() or "")

    @Slot()
    def _look(self) -> None:
        self.go.setEnabled(self.chosen is Subject.HEAD or bool(self._named()))

    @Slot()
    def _begin(self) -> None:
        self.go.setEnabled(False)
        self.say("info", "")
        self.wanted.emit(CreateBackup(subject=self.chosen, of=self._named(), reason=self.reason.text().strip()))
