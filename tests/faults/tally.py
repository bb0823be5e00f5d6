"""What the loops of faults count, and the table that a run of them ends with."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """One operation under one kind of fault."""

    operation: str
    fault: str = "killed"
    recorded: int = 0
    """Points at which it can happen."""
    tried: int = 0
    hit: int = 0
    missed: list[str] = field(default_factory=list)
    """Points that were tried and that it never came to."""
    faults: list[str] = field(default_factory=list)
    """What was wrong with the home afterwards, and where it was hit."""
    seconds: float = 0.0


def table(tallies: list[Tally]) -> list[str]:
    """Lines for people."""
    lines = [f"{'operation':32} {'fault':14} {'recorded':>8} {'tried':>6} {'hit':>6} {'wrong':>6} {'seconds':>8}"]
    for one in tallies:
        figures = f"{one.recorded:8} {one.tried:6} {one.hit:6} {len(one.faults):6} {one.seconds:8.1f}"
        lines.append(f"{one.operation:32} {one.fault:14} {figures}")
    return lines
