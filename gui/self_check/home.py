"""The home of the self-check: its database as the host opens it, and in the end every byte that was kept."""

from backend.errors import UserError
from backend.health.check import Check
from backend.health.home import database as database_check
from backend.health.home import home_checks
from backend.store.database import SCHEMA_VERSION
from gui.self_check.bench import Bench


def database(bench: Bench) -> str:
    """The host opens it, makes its tables where they are missing, and SQLite finds it whole."""
    bench.home.create()
    bench.open()
    require(database_check(bench.home))
    return f"schema {SCHEMA_VERSION}, whole"


def whole(bench: Bench) -> str:
    """The host saves and goes; then all that `doctor` reads back is as it was recorded."""
    bench.close()
    checks = [require(check) for check in home_checks(bench.home)]
    return f"{len(checks)} checks of doctor, every byte read back"


def require(check: Check) -> Check:
    """Raises UserError where it found a fault."""
    if not check.ok:
        raise UserError(f"{check.name}: {check.text}", check.hint)
    return check
