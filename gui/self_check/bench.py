"""What the rows share: the home that they try the program in, and its host once one of them has opened it."""

import os
from importlib.resources import files
from pathlib import Path

from backend.errors import UserError
from backend.opening import open_host
from backend.paths import HOME_VARIABLE, Home
from backend.service import Service
from gui.self_check.talk import Talk

OWN_DATA = {"XDG_DATA_HOME": "user-data", "WIN_PD_OVERRIDE_LOCAL_APPDATA": "user-data"}
"""What says where the user's data lies, on Linux and macOS, and on Windows; below the folder of the self-check."""
HOME = "home"


class Bench:
    """One self-check. `close` lets the host go where a row has opened it."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / HOME)
        self.job = 0
        """The file that is trained, once it is queued."""
        self.kept_alive: object = None
        """Qt's application must outlive everything that it has shown."""
        self._talk: Talk | None = None

    @property
    def talk(self) -> Talk:
        assert self._talk is not None
        return self._talk

    def open(self) -> Talk:
        """Become the host of the home.

        Raises:
            UserError: it cannot be, or another program is.
        """
        host = open_host(self.home)
        if not isinstance(host, Service):
            host.close()
            raise UserError("Another program is the host of the self-check's home.", "End it and check again.")
        self._talk = Talk(host)
        return self._talk

    def close(self) -> None:
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.host.close()


def step_into(folder: Path) -> None:
    """Let this process and its children see nothing of the user's data and screen. Before Qt is loaded."""
    for name, below in OWN_DATA.items():
        os.environ[name] = str(folder / below)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.pop(HOME_VARIABLE, None)
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)  # a desktop that would be asked to stay awake, or shown a tray


def tiny_model() -> Path:
    """The model without knowledge that ships to be trained here."""
    return Path(str(files("resources") / "tiny_model"))
