"""How figures are written for people."""


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
