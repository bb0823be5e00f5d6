"""The log of a host: one file that rotates, and lines for the log tab."""

import logging
import logging.handlers
from collections.abc import Callable

from backend.paths import Home
from backend.protocol.engine import LogLine

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
FILE_BYTES = 2 << 20
FILES = 5
NAMES = ("backend", "engine", "gui")
"""Our own loggers; what libraries say is not kept."""


class Log:
    """Open from the host's start to its end; `close` gives the loggers back as they were."""

    def __init__(self, home: Home, tell: Callable[[LogLine], object]) -> None:
        home.logs.mkdir(parents=True, exist_ok=True)
        file = logging.handlers.RotatingFileHandler(
            home.logs / "espalier.log", maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8"
        )
        file.setFormatter(logging.Formatter(FORMAT))
        self._handlers: tuple[logging.Handler, ...] = (file, _Teller(tell))
        self._levels = {name: logging.getLogger(name).level for name in NAMES}
        for name in NAMES:
            logger = logging.getLogger(name)
            logger.setLevel(logging.DEBUG)
            for handler in self._handlers:
                logger.addHandler(handler)

    def close(self) -> None:
        for name in NAMES:
            logger = logging.getLogger(name)
            logger.setLevel(self._levels[name])
            for handler in self._handlers:
                logger.removeHandler(handler)
        for handler in self._handlers:
            handler.close()


class _Teller(logging.Handler):
    """Hands lines of level info and above to the host's events."""

    def __init__(self, tell: Callable[[LogLine], object]) -> None:
        super().__init__(logging.INFO)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(LogLine(level=record.levelname.lower(), text=record.getMessage()))
