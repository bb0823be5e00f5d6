"""A second program that offers files to drag: press anywhere in its window and move. Arguments: x, y, files."""

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

SIDE = 120


class Source(QLabel):
    """Says on standard output when it is there and when the drag is over."""

    def __init__(self, files: list[Path]) -> None:
        super().__init__(f"{len(files)} files")
        self._files = files
        self._pressed_at: QPoint | None = None
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWindowFlag(Qt.WindowType.X11BypassWindowManagerHint)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or (event.position().toPoint() - self._pressed_at).manhattanLength() < 5:
            return
        self._pressed_at = None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file)) for file in self._files])
        drag = QDrag(self)
        drag.setMimeData(data)
        print("dropped", drag.exec(Qt.DropAction.CopyAction).name, flush=True)


def main() -> int:
    app = QApplication(sys.argv[:1])
    source = Source([Path(name) for name in sys.argv[3:]])
    source.setGeometry(int(sys.argv[1]), int(sys.argv[2]), SIDE, SIDE)
    source.show()
    print("ready", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
