"""Which artefact `backup create` is to copy, from its options."""

from backend.domain.backup import Subject
from backend.errors import WrongUse


def wanted_of(version: str, checkpoint: str, daily: str, base: str, evolution: str) -> tuple[Subject, str]:
    """Kind and name of what was asked for; the head where nothing was.

    Raises:
        WrongUse: two things at once.
    """
    named = {
        Subject.VERSION: version,
        Subject.CHECKPOINT: checkpoint,
        Subject.DAILY: daily,
        Subject.BASE: base,
        Subject.EVOLUTION: evolution,
    }
    chosen = [(subject, of) for subject, of in named.items() if of]
    if len(chosen) > 1:
        options = " and ".join(f"--{subject}" for subject, _ in chosen)
        raise WrongUse(f"{options} name two things; a backup holds one.", "Make one backup of each.")
    return chosen[0] if chosen else (Subject.HEAD, "")
