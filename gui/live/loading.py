"""Loads the plot library in a thread, so that the window answers while it does."""

from PySide6.QtCore import QThread


class PlotLibrary(QThread):
    """`finished` is emitted when pyqtgraph can be imported at once."""

    def run(self) -> None:
        import pyqtgraph  # half a second that the first paint must not wait for

        assert pyqtgraph.__version__
