"""How figures are written for people."""

from backend.domain.snapshot import Summary
from backend.protocol.evolution import RunChanged


def loss(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def duration(seconds: float | None) -> str:
    """For example 45 s, 3 min 20 s, 2 h 5 min."""
    if seconds is None:
        return "-"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(count: float | None) -> str:
    """Bytes in the unit that reads best."""
    if count is None:
        return "-"
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def counted(count: int, one: str, many: str = "") -> str:
    """For example 1 row, 1,200 rows."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def steps(done: int | None, total: int | None) -> str:
    if not total:
        return "-" if not done else str(done)
    return f"{done or 0}/{total}"


def snapshot(told: RunChanged) -> str:
    """For example: snapshot at step 25: loss 1.203, 12 of 16 answers right (24 of 40 not asked)."""
    found = told.run.last if told.run.steps[-1:] == (told.step,) else None
    return f"snapshot at step {told.step}" + ("" if found is None else f": {_figures(found)}")


def _figures(found: Summary) -> str:
    given = "no answers" if not found.answered else f"{found.correct:,} of {counted(found.answered, 'answer')} right"
    missing = found.total_examples - found.answered
    return f"loss {loss(found.avg_loss)}, {given}" + (
        f" ({missing:,} of {found.total_examples:,} not asked)" if missing else ""
    )


def moment(at: str | None) -> str:
    """A stored time to the second, without its zone, which is UTC."""
    return "-" if not at else at[:19].replace("T", " ")
