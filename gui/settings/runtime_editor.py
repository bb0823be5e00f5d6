"""Edits which Python trains: chosen, checked, and only then to be saved."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from backend.runtime.report import Report, advice, device_words, summary
from gui.settings.runtime_look import RuntimeLook


class RuntimeEditor(QObject):
    """An `Editor`. Empty is the program's own Python; any other text has to be seen to run the engine."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.widget = QWidget()
        self.line = QLineEdit()
        self.choose = QPushButton(self.tr("Choose…"))
        self.check = QPushButton(self.tr("Check"))
        self.copy = QPushButton(self.tr("Copy"))
        self.told = QLabel()
        self.pip = QLineEdit()
        self._good = {""}
        self._stored = ""
        self._look = RuntimeLook()
        self._arrange()
        self.line.textChanged.connect(self._follow)
        self.choose.clicked.connect(self._choose)
        self.check.clicked.connect(self._check)
        self.copy.clicked.connect(self._copy)
        self._look.seen.connect(self._take)
        self._look.failed.connect(self._refuse)

    @property
    def is_checked(self) -> bool:
        """Whether what is shown may be saved."""
        return self.text() in self._good or self.text() == self._stored

    def text(self) -> str:
        return self.line.text().strip()

    def put(self, text: str) -> None:
        self.line.setText(text)

    def trust(self, text: str) -> None:
        """Take as checked what the settings hold."""
        self._stored = text
        self._follow()

    def lock(self) -> None:
        self.line.setReadOnly(True)
        self.choose.hide()
        self.check.hide()

    @Slot()
    def _follow(self) -> None:
        self.pip.hide()
        self.copy.hide()
        self.check.setEnabled(bool(self.text()))
        self._tell("" if self.is_checked else self.tr("Check it before you save."))
        self.edited.emit()

    @Slot()
    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self.widget, self.tr("The folder of an environment with PyTorch"))
        if chosen:
            self.line.setText(chosen)
            self._check()

    @Slot()
    def _check(self) -> None:
        self.check.setEnabled(False)
        self._tell(self.tr("Loading its PyTorch…"))
        self._look.ask(self.text())

    @Slot(str, object)
    def _take(self, named: str, report: Report) -> None:
        if named != self.text():
            return
        self._good.discard(named)
        self._follow()
        self._tell(summary(report) if report.lacks else f"{summary(report)}\n{advice(report)}".strip())
        self.pip.setText(report.pip_line)
        self.pip.setCursorPosition(0)
        self.pip.setVisible(bool(report.pip_line))
        self.copy.setVisible(bool(report.pip_line))
        if report.usable:
            self._good.add(report.python)  # never what was typed: a relative path would be another one elsewhere
            self.line.setText(report.python)  # an environment's folder stands for its Python
            versions = [f"{one.name} {one.version}" for one in report.libraries[:3]]
            lines = [f"Python {report.version}, {', '.join(versions)}", *map(device_words, report.devices)]
            self._tell("\n".join(lines))
            self.edited.emit()

    @Slot(str, str)
    def _refuse(self, named: str, words: str) -> None:
        if named == self.text():
            self._good.discard(named)
            self._follow()
            self._tell(words)

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText(self.pip.text())

    def _tell(self, words: str) -> None:
        self.told.setText(words)
        self.told.setVisible(bool(words))

    def _arrange(self) -> None:
        self.line.setAcceptDrops(False)
        self.line.setPlaceholderText(self.tr("The program's own"))
        self.line.setAccessibleName(self.tr("Use my own PyTorch"))
        self.widget.setFocusProxy(self.line)
        self.pip.setReadOnly(True)
        self.pip.setAccessibleName(self.tr("The line that installs what is missing"))
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setWordWrap(True)
        for button in (self.choose, self.check, self.copy):
            button.setAutoDefault(False)  # Enter belongs to the search
        naming, mending = QHBoxLayout(), QHBoxLayout()
        naming.addWidget(self.line, 1)
        naming.addWidget(self.choose)
        naming.addWidget(self.check)
        mending.addWidget(self.pip, 1)
        mending.addWidget(self.copy)
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(naming)
        column.addWidget(self.told)
        column.addLayout(mending)
        for part in (self.told, self.pip, self.copy):
            part.hide()
        self.check.setEnabled(False)
