"""Arranges the panels, and passes on what the user wants; it decides nothing."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter, QTabWidget, QToolBar, QVBoxLayout, QWidget

from gui import format as text
from gui import icons
from gui.actions.arrow import add_arrow
from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.banner import Banner
from gui.drop_cover import DropCover, files_in
from gui.evolution.panel import EvolutionPanel
from gui.facts import Facts
from gui.live.panel import LivePanel
from gui.log.panel import LogPanel
from gui.memory import Memory
from gui.queue.panel import QueuePanel
from gui.reason import REASONED
from gui.status_line import StatusLine
from gui.theme import Theme, ThemeKeeper
from gui.title import title

TOOLBAR: tuple[tuple[ActionId, ...], ...] = (
    (ActionId.START, ActionId.RESUME, ActionId.PAUSE, ActionId.STOP, ActionId.SKIP),
    (ActionId.SAVE, ActionId.SNAPSHOT),
    (ActionId.CONSOLIDATE, ActionId.HISTORY, ActionId.BACKUPS),
    (ActionId.ADD_FILES,),
)
FILE_MENU = (
    (ActionId.ADD_FILES, ActionId.PREVIEW_FILE, ActionId.TRY_SAMPLE, ActionId.ADD_STARTER),
    (ActionId.SETTINGS,),
    (ActionId.QUIT,),
)
QUEUE_MENU = (
    (ActionId.PREVIEW, ActionId.JOB_SETTINGS, ActionId.JOB_HISTORY),
    (ActionId.MOVE_TOP, ActionId.MOVE_UP, ActionId.MOVE_DOWN, ActionId.MOVE_BOTTOM),
    (ActionId.TO_HIGH, ActionId.TO_NORMAL, ActionId.TO_LOW),
    (ActionId.RETRY, ActionId.COPY),
    (ActionId.REMOVE, ActionId.UNDO_REMOVAL),
    (ActionId.QUEUE_HISTORY,),
)
TRAINING_MENU = (
    TOOLBAR[0],
    tuple(REASONED.values()),
    (ActionId.SAVE, ActionId.SNAPSHOT),
    (ActionId.UNDO_TRAINING, ActionId.REDO_TRAINING),
    (ActionId.COMPARE_STAGES, ActionId.PINS),
    (ActionId.CONSOLIDATE, ActionId.HISTORY, ActionId.BACKUPS, ActionId.DAILY),
)
_FIRST_SIZE = QSize(1240, 780)
HELP_MENU = ((ActionId.COPY_DIAGNOSTICS,),)


class MainWindow(QMainWindow):
    """Toolbar, banner, queue, tabs and status line, and one drop target over all of them."""

    dropped = Signal(object)
    """tuple[Path, ...]: files that were let go over the window."""
    close_wanted = Signal()
    painted = Signal()
    """Once: the first picture is on the screen."""

    def __init__(self, theme: ThemeKeeper, memory: Memory) -> None:
        super().__init__()
        self.setObjectName("main")
        self._theme, self._memory = theme, memory
        self._may_close = False
        self._was_painted = False
        self.verbs = Actions(self)
        self.banner = Banner(theme)
        self.queue = QueuePanel(self.verbs, theme)
        self.live = LivePanel()
        self.evolution = EvolutionPanel(self.verbs)
        self.log = LogPanel(self.verbs, theme)
        self.status_line = StatusLine(theme)
        self.tabs = QTabWidget()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._arrange()
        self._fill_menus()
        self._cover = DropCover(self)
        self.setAcceptDrops(True)
        theme.changed.connect(self._dress)
        self._dress()
        self.show_facts(Facts())
        self._restore()

    def show_facts(self, facts: Facts) -> None:
        self.verbs.follow(facts)
        self.status_line.show_facts(facts)
        self.live.show_status(facts.status)
        self.queue.show_step(facts.status.job, facts.status.step, facts.status.total_steps)
        self.setWindowTitle(title(facts))

    def close_now(self) -> None:
        """The way is free: what had to be saved is saved."""
        self._may_close = True
        self.close()

    def _arrange(self) -> None:
        bar = QToolBar(self.tr("Training"))
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for number, group in enumerate(TOOLBAR):
            if number:
                bar.addSeparator()
            for action in group:
                bar.addAction(self.verbs[action])
        for control, reasoned in REASONED.items():
            add_arrow(bar, self.verbs[control], self.verbs[reasoned])
        self.addToolBar(bar)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.live, self.tr("Live"))
        self.tabs.addTab(self.evolution, self.tr("Evolution"))
        self.tabs.addTab(self.log, self.tr("Log"))
        self._split.addWidget(self.queue)
        self._split.addWidget(self.tabs)
        self._split.setStretchFactor(1, 1)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([500, 740])
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._split, 1)
        column.addWidget(self.banner)  # below, so that no row moves under the pointer when it comes or goes
        column.addWidget(self.status_line)
        self.setCentralWidget(centre)
        self.resize(_FIRST_SIZE.boundedTo(self.screen().availableSize()))

    def _fill_menus(self) -> None:
        for name, groups in (
            (self.tr("&File"), FILE_MENU),
            (self.tr("&Training"), TRAINING_MENU),
            (self.tr("&Queue"), QUEUE_MENU),
        ):
            self._fill(self.menuBar().addMenu(name), groups)
        self._fill_view(self.menuBar().addMenu(self.tr("&View")))
        self._fill(self.menuBar().addMenu(self.tr("&Help")), HELP_MENU)

    def _fill(self, menu: QMenu, groups: tuple[tuple[ActionId, ...], ...]) -> None:
        menu.setToolTipsVisible(True)  # they say why something cannot be chosen
        for number, group in enumerate(groups):
            if number:
                menu.addSeparator()
            for action in group:
                menu.addAction(self.verbs[action])

    def _fill_view(self, menu: QMenu) -> None:
        names = {Theme.AUTO: self.tr("Like the desktop"), Theme.LIGHT: self.tr("Light"), Theme.DARK: self.tr("Dark")}
        group = QActionGroup(self)
        for theme, name in names.items():
            action = menu.addAction(name)
            action.setObjectName(f"theme-{theme}")
            action.setCheckable(True)
            action.setChecked(theme is self._theme.chosen)
            group.addAction(action)
            action.triggered.connect(self._choose_theme)

    @Slot()
    def _choose_theme(self) -> None:
        self.choose_theme(self.sender().objectName().removeprefix("theme-"))

    def choose_theme(self, name: str) -> None:
        chosen = Theme(name)
        self._theme.choose(chosen)
        self._memory.keep_theme(chosen)

    @Slot()
    def _dress(self) -> None:
        self.verbs.tint(self._theme.palette())

    # Geometry

    def _restore(self) -> None:
        self.setWindowIcon(icons.application_icon())
        if (geometry := self._memory.layout("window")) is not None:
            self.restoreGeometry(geometry)
        if (split := self._memory.layout("split")) is not None:
            self._split.restoreState(split)
        if (columns := self._memory.layout("columns")) is not None:
            self.queue.restore_columns(columns)
        self.tabs.setCurrentIndex(min(self._memory.number("tab", 0), self.tabs.count() - 1))
        self.evolution.bar.restore(self._memory)
        self.live.smoothing.setValue(self._memory.number("smoothing", self.live.smoothing.value()))

    def _remember(self) -> None:
        self._memory.keep_layout("window", self.saveGeometry())
        self._memory.keep_layout("split", self._split.saveState())
        self._memory.keep_layout("columns", self.queue.columns())
        self._memory.keep_number("tab", self.tabs.currentIndex())
        self._memory.keep_number("smoothing", self.live.smoothing.value())
        self.evolution.bar.remember(self._memory)
        self._memory.sync()

    # What the desktop tells

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            self._remember()
            event.accept()
            return
        event.ignore()
        self.close_wanted.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        files = files_in(event.mimeData())
        if not files:
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        words = text.count(len(files), self.tr("file"), self.tr("files"))
        self._cover.light_up(self.tr("Let go to queue {files}").format(files=words))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._cover.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._cover.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(files_in(event.mimeData()))

    def is_lit(self) -> bool:
        """Whether the window shows that it takes what hovers over it."""
        return self._cover.isVisible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cover.setGeometry(self.rect())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()
