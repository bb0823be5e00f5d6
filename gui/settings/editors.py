"""Widgets in which a value is edited, all spoken to as text: the host reads it and says whether it fits."""

import enum
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from backend.options import Option
from backend.runtime.interpreter import SETTING
from gui.calm import CalmComboBox, CalmSpinBox
from gui.settings.runtime_editor import RuntimeEditor

_LARGEST = 2**31 - 1
"""What a spin box can hold."""


class Editor(Protocol):
    """One value as text."""

    @property
    def widget(self) -> QWidget: ...

    @property
    def edited(self) -> Any:
        """Signal(): the user, or `put`, has changed the text."""
        ...

    def text(self) -> str: ...

    def put(self, text: str) -> None: ...

    def lock(self) -> None:
        """Show only."""
        ...


class LineEditor(QObject):
    """Any text, for values whose form only the host knows."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.widget = QLineEdit()
        self.widget.setAcceptDrops(False)
        self.widget.textChanged.connect(self._tell)

    def text(self) -> str:
        return self.widget.text()

    def put(self, text: str) -> None:
        self.widget.setText(text)

    def lock(self) -> None:
        self.widget.setReadOnly(True)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


class CountEditor(QObject):
    """Whole numbers within bounds."""

    edited = Signal()

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self.widget = CalmSpinBox()
        self.widget.setRange(least, most)
        self.widget.textChanged.connect(self._tell)

    def text(self) -> str:
        return self.widget.cleanText()

    def put(self, text: str) -> None:
        self.widget.setValue(int(text))

    def lock(self) -> None:
        self.widget.setReadOnly(True)
        self.widget.setButtonSymbols(CalmSpinBox.ButtonSymbols.NoButtons)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


class ChoiceEditor(QObject):
    """One of a few words."""

    edited = Signal()

    def __init__(self, choices: list[str]) -> None:
        super().__init__()
        self.widget = CalmComboBox()
        self.widget.addItems(choices)
        self.widget.currentIndexChanged.connect(self._tell)

    def text(self) -> str:
        return self.widget.currentText()

    def put(self, text: str) -> None:
        self.widget.setCurrentText(text)

    def lock(self) -> None:
        self.widget.setEnabled(False)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


class SwitchEditor(QObject):
    """On or off."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.widget = QCheckBox(self.tr("On"))
        self.widget.toggled.connect(self._tell)

    def text(self) -> str:
        return "true" if self.widget.isChecked() else "false"

    def put(self, text: str) -> None:
        self.widget.setChecked(text == "true")

    def lock(self) -> None:
        self.widget.setEnabled(False)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


def editor_for(option: Option) -> Editor:
    """The widget that suits a setting."""
    if option.key == SETTING:
        return RuntimeEditor()
    if option.type is bool:
        return SwitchEditor()
    if option.type is int and option.least is not None and (option.most is None or option.most <= _LARGEST):
        return CountEditor(int(option.least), _LARGEST if option.most is None else int(option.most))
    if isinstance(option.type, type) and issubclass(option.type, enum.Enum):
        return ChoiceEditor([str(choice.value) for choice in option.type])
    return LineEditor()
