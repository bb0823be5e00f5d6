"""Every action of the window as a value: its text, icon, shortcut, and when it can be chosen."""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from backend.domain.job import HOLDING, TRANSITIONS, Job, JobState, Priority, waits_by_place
from backend.domain.status import HostState
from gui import format as text
from gui.facts import Facts
from gui.operations import words as operations
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "actions"


class ActionId(enum.StrEnum):
    """Names of the actions; panels and tests speak of them by these."""

    START = "start"
    RESUME = "resume"
    PAUSE = "pause"
    STOP = "stop"
    SKIP = "skip"
    PAUSE_BECAUSE = "pause-because"
    STOP_BECAUSE = "stop-because"
    SKIP_BECAUSE = "skip-because"
    SAVE = "save"
    SNAPSHOT = "snapshot"
    ADD_FILES = "add-files"
    PREVIEW_FILE = "preview-file"
    TRY_SAMPLE = "try-sample"
    ADD_STARTER = "add-starter"
    TO_HIGH = "to-high"
    TO_NORMAL = "to-normal"
    TO_LOW = "to-low"
    MOVE_TOP = "move-top"
    MOVE_UP = "move-up"
    MOVE_DOWN = "move-down"
    MOVE_BOTTOM = "move-bottom"
    PREVIEW = "preview"
    RETRY = "retry"
    REMOVE = "remove"
    UNDO_REMOVAL = "undo-removal"
    COPY = "copy"
    COPY_DIAGNOSTICS = "copy-diagnostics"
    SHOW_WINDOW = "show-window"
    QUIT = "quit"
    JOB_SETTINGS = "job-settings"
    JOB_HISTORY = "job-history"
    QUEUE_HISTORY = "queue-history"
    SETTINGS = "settings"
    UNDO_TRAINING = "undo-training"
    REDO_TRAINING = "redo-training"
    COMPARE_STAGES = "compare-stages"
    CONSOLIDATE = "consolidate"
    HISTORY = "history"
    BACKUPS = "backups"
    DAILY = "daily"
    PINS = "pins"


@dataclass(frozen=True, kw_only=True)
class Action:
    """`enabled` and `visible` follow facts, never what was merely asked for.

    Where there is something for it to act on, `what` names that, and `text_of` is the text with that as {what}.
    """

    id: ActionId
    text: str
    icon: str
    tip: str
    shortcut: str = ""
    """Several are separated by "; "; the first is shown."""
    enabled: Callable[[Facts], bool] = lambda facts: True
    visible: Callable[[Facts], bool] = lambda facts: True
    why: Callable[[Facts], str] = lambda facts: ""
    """While it cannot be chosen: the reason, in place of the tip. Empty lets it be."""
    text_of: str = ""
    what: Callable[[Facts], str | None] = lambda facts: None


def _head_held(facts: Facts) -> str:
    """An operation that moves the head lets nothing else move it."""
    return operations.must_wait(facts.operation) if facts.operation is not None and facts.head_held else ""


def _training_moves_head(facts: Facts) -> str:
    """The head moves with each step: what needs it at rest must wait, what shows progress need not."""
    if not facts.busy:
        return ""
    return QCoreApplication.translate(
        CONTEXT, QT_TRANSLATE_NOOP("actions", "A file is in training, and the model changes with it. Pause it first.")
    )


def _can_start(facts: Facts) -> bool:
    resting = facts.status.state in (HostState.IDLE, HostState.STOPPED)
    return facts.open and resting and facts.base is not None and facts.to_train > 0


def _paused(facts: Facts) -> bool:
    return facts.status.state is HostState.PAUSED


def _training(facts: Facts) -> bool:
    return facts.open and facts.status.state is HostState.TRAINING


def _can_pause(facts: Facts) -> bool:
    """A training is paused; a queue that trains nothing just now is held."""
    return facts.open and facts.status.state in (HostState.TRAINING, HostState.IDLE, HostState.STOPPED)


def _begun(facts: Facts) -> bool:
    return facts.open and facts.status.state in (HostState.TRAINING, HostState.PAUSING, HostState.PAUSED)


def _stoppable(facts: Facts) -> bool:
    return _begun(facts) or (facts.open and facts.status.state is HostState.SKIPPING)


def _can_skip(facts: Facts) -> bool:
    return _begun(facts) and not (_paused(facts) and facts.status.job is None)


def _can_take_snapshot(facts: Facts) -> bool:
    """What is paused can be asked as long as its engine is there."""
    there = _training(facts) or (facts.open and _paused(facts) and not facts.status.engine_released)
    return there and facts.status.job is not None


def _movable(facts: Facts) -> bool:
    return facts.open and any(waits_by_place(job) for job in facts.selected)


def _movable_to(priority: Priority) -> Callable[[Facts], bool]:
    def enabled(facts: Facts) -> bool:
        return any(waits_by_place(job) and job.priority is not priority for job in facts.selected)

    return enabled


def can_be_retried(job: Job) -> bool:
    return job.state in (JobState.FAILED, JobState.UNDONE)


def _removed_last(facts: Facts) -> str | None:
    one, many = (QCoreApplication.translate(CONTEXT, noun) for noun in ("file", "files"))
    return text.count(facts.removed, one, many) if facts.removed else None


def can_be_removed(job: Job) -> bool:
    return JobState.REMOVED in TRANSITIONS[job.state]


def _removable(facts: Facts) -> bool:
    return any(can_be_removed(job) and not (job.state in HOLDING and facts.busy) for job in facts.selected)


def _no_base(facts: Facts) -> bool:
    return facts.open and facts.base is None and not facts.adding_base


CATALOGUE: tuple[Action, ...] = (
    Action(
        id=ActionId.START,
        text=QT_TRANSLATE_NOOP("actions", "Start"),
        icon="start",
        tip=QT_TRANSLATE_NOOP("actions", "Train the queue, file after file"),
        shortcut="Ctrl+T",
        enabled=_can_start,
        why=_head_held,
        visible=lambda facts: not _paused(facts),
    ),
    Action(
        id=ActionId.RESUME,
        text=QT_TRANSLATE_NOOP("actions", "Resume"),
        icon="start",
        tip=QT_TRANSLATE_NOOP("actions", "Go on exactly where the pause began; a queue that was held is trained"),
        shortcut="Ctrl+R",
        enabled=lambda facts: facts.open and _paused(facts),
        why=_head_held,
        visible=_paused,
    ),
    Action(
        id=ActionId.PAUSE,
        text=QT_TRANSLATE_NOOP("actions", "Pause"),
        icon="pause",
        tip=QT_TRANSLATE_NOOP("actions", "Finish the step, save, and hold; while nothing trains, hold the queue"),
        shortcut="Ctrl+P",
        enabled=_can_pause,
    ),
    Action(
        id=ActionId.STOP,
        text=QT_TRANSLATE_NOOP("actions", "Stop"),
        icon="stop",
        tip=QT_TRANSLATE_NOOP(
            "actions", "Finish the step, save, and end; the file goes on from there at the next start"
        ),
        shortcut="Ctrl+.",
        enabled=_stoppable,
    ),
    Action(
        id=ActionId.SKIP,
        text=QT_TRANSLATE_NOOP("actions", "Skip"),
        icon="skip",
        tip=QT_TRANSLATE_NOOP("actions", "Finish the step, save, and let the next file pass; this one goes on later"),
        shortcut="Ctrl+K",
        enabled=_can_skip,
    ),
    Action(
        id=ActionId.PAUSE_BECAUSE,
        text=QT_TRANSLATE_NOOP("actions", "Pause with a reason…"),
        icon="pause",
        tip=QT_TRANSLATE_NOOP("actions", "Pause, and say why; the reason is shown and kept"),
        enabled=_can_pause,
    ),
    Action(
        id=ActionId.STOP_BECAUSE,
        text=QT_TRANSLATE_NOOP("actions", "Stop with a reason…"),
        icon="stop",
        tip=QT_TRANSLATE_NOOP("actions", "Stop, and say why; the reason is shown and kept"),
        enabled=_stoppable,
    ),
    Action(
        id=ActionId.SKIP_BECAUSE,
        text=QT_TRANSLATE_NOOP("actions", "Skip with a reason…"),
        icon="skip",
        tip=QT_TRANSLATE_NOOP("actions", "Skip, and say why; the reason is shown and kept"),
        enabled=_can_skip,
    ),
    Action(
        id=ActionId.SAVE,
        text=QT_TRANSLATE_NOOP("actions", "Save now"),
        icon="save",
        tip=QT_TRANSLATE_NOOP("actions", "Write a checkpoint after this step and go on"),
        shortcut="Ctrl+S",
        enabled=_training,
    ),
    Action(
        id=ActionId.SNAPSHOT,
        text=QT_TRANSLATE_NOOP("actions", "Snapshot now"),
        icon="snapshot",
        tip=QT_TRANSLATE_NOOP("actions", "Ask the model all examples of the panel after this step and go on"),
        shortcut="Ctrl+Shift+S",
        enabled=_can_take_snapshot,
    ),
    Action(
        id=ActionId.ADD_FILES,
        text=QT_TRANSLATE_NOOP("actions", "Add files…"),
        icon="add",
        tip=QT_TRANSLATE_NOOP(
            "actions", "Choose training files for the queue; dropping them on the window does the same"
        ),
        shortcut="Ctrl+O",
        enabled=lambda facts: facts.open,
    ),
    Action(
        id=ActionId.PREVIEW_FILE,
        text=QT_TRANSLATE_NOOP("actions", "Preview a file…"),
        icon="preview",
        tip=QT_TRANSLATE_NOOP("actions", "See what a file holds as the model will see it, before it is queued"),
        shortcut="Ctrl+Shift+O",
    ),
    Action(
        id=ActionId.TRY_SAMPLE,
        text=QT_TRANSLATE_NOOP("actions", "Try the sample"),
        icon="sample",
        tip=QT_TRANSLATE_NOOP("actions", "Queue a small file that teaches the model its name"),
        enabled=lambda facts: facts.open,
    ),
    Action(
        id=ActionId.ADD_STARTER,
        text=QT_TRANSLATE_NOOP("actions", "Add the starter model"),
        icon="drop",
        tip=QT_TRANSLATE_NOOP("actions", "Put the small model that comes with Espalier into the library"),
        enabled=_no_base,
        visible=lambda facts: facts.base is None,
    ),
    Action(
        id=ActionId.TO_HIGH,
        text=QT_TRANSLATE_NOOP("actions", "Move to high"),
        icon="high",
        tip=QT_TRANSLATE_NOOP("actions", "Train before normal and low"),
        shortcut="Ctrl+1",
        enabled=_movable_to(Priority.HIGH),
    ),
    Action(
        id=ActionId.TO_NORMAL,
        text=QT_TRANSLATE_NOOP("actions", "Move to normal"),
        icon="normal",
        tip=QT_TRANSLATE_NOOP("actions", "Train after high and before low"),
        shortcut="Ctrl+2",
        enabled=_movable_to(Priority.NORMAL),
    ),
    Action(
        id=ActionId.TO_LOW,
        text=QT_TRANSLATE_NOOP("actions", "Move to low"),
        icon="low",
        tip=QT_TRANSLATE_NOOP("actions", "Train when nothing else waits"),
        shortcut="Ctrl+3",
        enabled=_movable_to(Priority.LOW),
    ),
    Action(
        id=ActionId.MOVE_TOP,
        text=QT_TRANSLATE_NOOP("actions", "Move to the top"),
        icon="top",
        tip=QT_TRANSLATE_NOOP("actions", "Train first of the files of the same level"),
        shortcut="Alt+Home",
        enabled=_movable,
    ),
    Action(
        id=ActionId.MOVE_UP,
        text=QT_TRANSLATE_NOOP("actions", "Move up"),
        icon="up",
        tip=QT_TRANSLATE_NOOP("actions", "Train one file earlier; dragging the row does the same"),
        shortcut="Ctrl++; Ctrl+=",
        enabled=_movable,
    ),
    Action(
        id=ActionId.MOVE_DOWN,
        text=QT_TRANSLATE_NOOP("actions", "Move down"),
        icon="down",
        tip=QT_TRANSLATE_NOOP("actions", "Train one file later; dragging the row does the same"),
        shortcut="Ctrl+-",
        enabled=_movable,
    ),
    Action(
        id=ActionId.MOVE_BOTTOM,
        text=QT_TRANSLATE_NOOP("actions", "Move to the bottom"),
        icon="bottom",
        tip=QT_TRANSLATE_NOOP("actions", "Train last of the files of the same level"),
        shortcut="Alt+End",
        enabled=_movable,
    ),
    Action(
        id=ActionId.PREVIEW,
        text=QT_TRANSLATE_NOOP("actions", "Preview…"),
        icon="preview",
        tip=QT_TRANSLATE_NOOP("actions", "See lengths, refused lines, and the first rows with what is learned marked"),
        shortcut="Ctrl+I",
        enabled=lambda facts: len(facts.selected) == 1,
    ),
    Action(
        id=ActionId.RETRY,
        text=QT_TRANSLATE_NOOP("actions", "Try again"),
        icon="retry",
        tip=QT_TRANSLATE_NOOP("actions", "Queue failed or undone files again; their errors stay in the history"),
        shortcut="F5",
        enabled=lambda facts: facts.open and any(can_be_retried(job) for job in facts.selected),
    ),
    Action(
        id=ActionId.REMOVE,
        text=QT_TRANSLATE_NOOP("actions", "Remove from queue"),
        icon="remove",
        tip=QT_TRANSLATE_NOOP("actions", "Take the files out of the queue; the stored copies stay"),
        shortcut="Del",
        enabled=_removable,
    ),
    Action(
        id=ActionId.UNDO_REMOVAL,
        text=QT_TRANSLATE_NOOP("actions", "Undo"),
        icon="undo",
        tip=QT_TRANSLATE_NOOP("actions", "Put the files that were removed last back to where they stood"),
        shortcut="Ctrl+Z",
        enabled=lambda facts: facts.open and facts.removed > 0,
        text_of=QT_TRANSLATE_NOOP("actions", "Undo: remove {what}"),
        what=_removed_last,
    ),
    Action(
        id=ActionId.COPY,
        text=QT_TRANSLATE_NOOP("actions", "Copy"),
        icon="copy",
        tip=QT_TRANSLATE_NOOP("actions", "Copy the selected rows as text"),
        shortcut="Ctrl+C",
        enabled=lambda facts: bool(facts.selected),
    ),
    Action(
        id=ActionId.COPY_DIAGNOSTICS,
        text=QT_TRANSLATE_NOOP("actions", "Copy diagnostics"),
        icon="copy",
        tip=QT_TRANSLATE_NOOP("actions", "Versions, hardware and the last log lines, without your name in them"),
    ),
    Action(
        id=ActionId.SHOW_WINDOW,
        text=QT_TRANSLATE_NOOP("actions", "Show window"),
        icon="window",
        tip=QT_TRANSLATE_NOOP("actions", "Bring the window back and to the front"),
    ),
    Action(
        id=ActionId.QUIT,
        text=QT_TRANSLATE_NOOP("actions", "Quit"),
        icon="quit",
        tip=QT_TRANSLATE_NOOP("actions", "End Espalier; a training under way is saved first"),
        shortcut="Ctrl+Q",
    ),
    Action(
        id=ActionId.JOB_SETTINGS,
        text=QT_TRANSLATE_NOOP("actions", "Settings of the file…"),
        icon="job-settings",
        tip=QT_TRANSLATE_NOOP("actions", "See what the file trains with; change it as long as it waits"),
        shortcut="Ctrl+E",
        enabled=lambda facts: facts.open and bool(facts.selected),
    ),
    Action(
        id=ActionId.JOB_HISTORY,
        text=QT_TRANSLATE_NOOP("actions", "History of the file…"),
        icon="job-history",
        tip=QT_TRANSLATE_NOOP("actions", "Everything that happened to the file, with times and reasons"),
        shortcut="Ctrl+H",
        enabled=lambda facts: facts.open and len(facts.selected) == 1,
    ),
    Action(
        id=ActionId.QUEUE_HISTORY,
        text=QT_TRANSLATE_NOOP("actions", "Queue history…"),
        icon="queue-history",
        tip=QT_TRANSLATE_NOOP("actions", "Everything that happened to all files, removed ones too"),
        shortcut="Ctrl+Shift+H",
        enabled=lambda facts: facts.open,
    ),
    Action(
        id=ActionId.SETTINGS,
        text=QT_TRANSLATE_NOOP("actions", "Settings…"),
        icon="settings",
        tip=QT_TRANSLATE_NOOP("actions", "What new files train with, the engine, the daily snapshots"),
        shortcut="Ctrl+,",
        enabled=lambda facts: facts.open,
    ),
    Action(
        id=ActionId.UNDO_TRAINING,
        text=QT_TRANSLATE_NOOP("actions", "Undo training"),
        text_of=QT_TRANSLATE_NOOP("actions", "Undo {what}"),
        what=lambda facts: facts.undo_words,
        icon="training-undo",
        tip=QT_TRANSLATE_NOOP("actions", "Take the head back to before the last training; nothing is deleted"),
        shortcut="Ctrl+Backspace",
        enabled=lambda facts: facts.open and facts.undo_words is not None and not facts.in_hand,
        why=_head_held,
    ),
    Action(
        id=ActionId.REDO_TRAINING,
        text=QT_TRANSLATE_NOOP("actions", "Redo training"),
        text_of=QT_TRANSLATE_NOOP("actions", "Redo {what}"),
        what=lambda facts: facts.redo_words,
        icon="training-redo",
        tip=QT_TRANSLATE_NOOP("actions", "Take the last undo back"),
        shortcut="Ctrl+Shift+Backspace",
        enabled=lambda facts: facts.open and facts.redo_words is not None and not facts.in_hand,
        why=_head_held,
    ),
    Action(
        id=ActionId.COMPARE_STAGES,
        text=QT_TRANSLATE_NOOP("actions", "Compare two stages…"),
        icon="compare",
        tip=QT_TRANSLATE_NOOP("actions", "See what was learned and what forgotten between two snapshots"),
        shortcut="Ctrl+Shift+C",
        enabled=lambda facts: facts.open,
    ),
    Action(
        id=ActionId.CONSOLIDATE,
        text=QT_TRANSLATE_NOOP("actions", "Consolidate…"),
        icon="consolidate",
        tip=QT_TRANSLATE_NOOP("actions", "Merge what was trained into the model: a new version, complete by itself"),
        shortcut="Ctrl+M",
        enabled=lambda facts: facts.open,
        why=_training_moves_head,
    ),
    Action(
        id=ActionId.HISTORY,
        text=QT_TRANSLATE_NOOP("actions", "History…"),
        icon="history",
        tip=QT_TRANSLATE_NOOP("actions", "Versions and trainings in order: compare, restore, verify, export, delete"),
        shortcut="Ctrl+Shift+T",
        enabled=lambda facts: facts.open,
    ),
    Action(
        id=ActionId.BACKUPS,
        text=QT_TRANSLATE_NOOP("actions", "Backups…"),
        icon="backups",
        tip=QT_TRANSLATE_NOOP("actions", "Verified copies of versions and of the model in training, and the trash"),
        shortcut="Ctrl+B",
        enabled=lambda facts: facts.open,
    ),
    Action(
        id=ActionId.DAILY,
        text=QT_TRANSLATE_NOOP("actions", "Daily snapshots…"),
        icon="daily",
        tip=QT_TRANSLATE_NOOP("actions", "Copies of the model's training, one a day, and which of them stay"),
        shortcut="Ctrl+D",
        enabled=lambda facts: facts.open,
    ),
    Action(
        id=ActionId.PINS,
        text=QT_TRANSLATE_NOOP("actions", "Pinned examples…"),
        icon="pin",
        tip=QT_TRANSLATE_NOOP("actions", "Examples that are asked in the training of every file"),
        shortcut="Ctrl+Shift+P",
        enabled=lambda facts: facts.open,
    ),
)
