"""How things are called in a trash: KIND-OF-TIME, the time in nanoseconds since 1970."""

import re

import msgspec

NAME = re.compile(r"(?P<kind>[a-z_]+)-(?P<of>.+)-(?P<at>[0-9]{18,19})", re.DOTALL)
OLD_CHECKPOINT = re.compile(r"[0-9]+-checkpoint-(?P<of>[0-9]+)")
"""What stood between "job-" and the time where earlier programs put a checkpoint away."""
GOING = ".going-"
"""Before the name of what is being deleted for good."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What a name in a trash says."""

    kind: str
    of: str
    at_ns: int


def name_for(kind: str, of: str, at_ns: int) -> str:
    """For example version-v001-1764097000000000000; `kind` has no hyphen."""
    return f"{kind}-{of}-{at_ns:019d}"


def read_name(name: str) -> Named | None:
    """None where Espalier did not give this name."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    kind, of = found["kind"], found["of"]
    if kind == "job" and (old := OLD_CHECKPOINT.fullmatch(of)) is not None:
        kind, of = "checkpoint", old["of"]
    return Named(kind=kind, of=of, at_ns=int(found["at"]))
