"""What a look at a Python found: versions and devices, or what it lacks with the pip line that mends it."""

import shlex
import sys

import msgspec

KINDS = {"cuda": "CUDA", "rocm": "ROCm", "mps": "Metal"}


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """An installed distribution that counts here."""

    name: str
    version: str


class Lack(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution that is missing or too old. `found` is its version, empty where it is missing."""

    name: str
    spec: str
    found: str = ""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """What can train: `kind` is cuda, rocm, mps or cpu. `trouble` says why PyTorch cannot use it after all."""

    kind: str
    name: str
    memory: int = 0
    """Bytes; 0 where it is the machine's own."""
    trouble: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Usable when nothing is lacking, nothing broken, and the Python new enough."""

    python: str
    """The interpreter's path, as it was run."""
    version: str
    too_old: bool = False
    libraries: tuple[Library, ...] = ()
    lacks: tuple[Lack, ...] = ()
    loading: bool = False
    """As far as it got before it loaded anything; what stands so ended while it loaded."""
    broken: str = ""
    """The last line of the error where it is all there but cannot be imported."""
    devices: tuple[Device, ...] = ()

    @property
    def usable(self) -> bool:
        return not (self.too_old or self.lacks or self.loading or self.broken)

    @property
    def pip_line(self) -> str:
        """For the user's shell; empty where nothing is to be installed."""
        if not self.lacks:
            return ""
        return quoted([self.python, "-m", "pip", "install", *(lack.spec for lack in self.lacks)])


def quoted(words: list[str]) -> str:
    """A line that the shell of this platform reads as these words."""
    if sys.platform == "win32":
        return " ".join(f'"{word}"' if set(word) & set(' <>&|^="') else word for word in words)
    return shlex.join(words)


def summary(report: Report) -> str:
    """Whether it can be used, and why not, in one sentence."""
    if report.too_old:
        return f"{report.python} is Python {report.version}; Python 3.11 or newer is needed."
    if report.lacks:
        words = [f"{one.name} {one.found} is too old" for one in report.lacks if one.found]
        if missing := [one.name for one in report.lacks if not one.found]:
            words.append(f"missing: {', '.join(missing)}")
        return f"{report.python} cannot run the engine; {'; '.join(words)}."
    if report.broken:
        return f"{report.python} has everything installed, but it does not load: {report.broken}"
    return f"{report.python} can run the engine."


def advice(report: Report) -> str:
    """What to do about it; empty where it can be used."""
    if report.too_old:
        return "Name an environment with a newer Python."
    if report.lacks:
        return f"Install what is missing: {report.pip_line}"
    return "Mend that installation, or name another one." if report.broken else ""


def device_words(device: Device) -> str:
    """Kind, name and memory for a line of text."""
    if device.kind == "cpu":
        return f"the CPU ({device.name})"
    memory = f", {device.memory / 2**30:.0f} GB" if device.memory else ""
    trouble = f" (cannot be used: {device.trouble})" if device.trouble else ""
    return f"{device.name} [{KINDS.get(device.kind, device.kind)}{memory}]{trouble}"
