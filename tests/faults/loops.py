"""One deed, killed at each of its points: what a new host makes of the home is before or after it, and nothing between.

ESPALIER_FAULTS=1 (`python3 start.py test --faults`) takes every point, otherwise a fixed sample of them is taken.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from backend.paths import Home
from backend.service import Service
from backend.supervisor.launcher import LocalLauncher
from tests.drivers.host_program import until_released
from tests.drivers.killed_host import MAIN, HeldHosts, Order, Said
from tests.fakes import scripted_trial
from tests.fakes.hosting import Bench
from tests.fakes.scripted_engine import Script
from tests.faults.deeds import DEEDS, Deed
from tests.faults.injection import Point, Seen, Tracer, injecting, points, recording, seen, was_killed
from tests.faults.standing import contents, standing
from tests.faults.tally import Tally
from tests.faults.verifier import Promises, faults

CHOSEN = bool(os.environ.get("ESPALIER_FAULTS"))
TRIES = 3
"""Two threads of a host do not always get to their calls in the same order; a point that was passed is tried again."""
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Told:
    """What a host said to its users before it ended."""

    queued: tuple[tuple[int, str], ...]
    saved: tuple[tuple[int, int], ...]
    ended: tuple[Said, ...]
    """Operations that were told to be over."""

    @classmethod
    def of(cls, said: list[Said]) -> "Told":
        return cls(
            tuple((one.number, one.name) for one in said if one.what == "queued"),
            tuple((one.number, int(one.other)) for one in said if one.what == "saved"),
            tuple(one for one in said if one.what == "operation"),
        )


@dataclass(frozen=True)
class Prepared:
    """A home that every run begins with. It is put back to where it was made, for rows name places by whole paths."""

    place: Path
    """Holds `home`, and the second location where there is one."""
    kept: Path
    """A copy of `place`."""

    @classmethod
    def keep(cls, place: Path) -> "Prepared":
        kept = place.with_name(f"{place.name}-kept")
        subprocess.run(("cp", "-a", str(place), str(kept)), check=True)
        return cls(place, kept)

    @property
    def home(self) -> Home:
        return Home(self.place / "home")

    def put_back(self) -> None:
        shutil.rmtree(self.place)
        subprocess.run(("cp", "-a", str(self.kept), str(self.place)), check=True)


class Loop:
    """One deed on copies of one home."""

    def __init__(self, hosts: HeldHosts, prepared: Prepared, deed: str, folder: Path, script: Script) -> None:
        """`folder` is for logs of the tracer."""
        self._hosts = hosts
        self._prepared = prepared
        self._name = deed
        self._deed: Deed = DEEDS[deed]
        self._folder = folder
        self._script = script
        self._home = prepared.home
        self.tally = Tally(deed)
        self._before: dict[str, Any] = {}
        self._after: dict[str, Any] = {}
        self._calls: dict[str, list[Seen]] = {}

    def run(self, sample: int) -> Tally:
        """Record the deed, then kill at each of its points, or at so many of them where not all are asked for."""
        began = time.monotonic()
        found = self._record()
        self.tally.recorded = len(found)
        chosen = found if CHOSEN or len(found) <= sample else _evenly(found, sample)
        for point in chosen:
            self.tally.tried += 1
            self._kill(point)
        self.tally.seconds = time.monotonic() - began
        return self.tally

    # Inside

    def _record(self) -> list[Point]:
        """Do it once undisturbed. Returns every point of every role; learns what before and after are."""
        self._prepared.put_back()
        self._run((), "", only_prepare=True)
        self._recover()
        self._before = standing(self._home.root)
        self._prepared.put_back()
        log = self._folder / "recorded.txt"
        said = self._run(recording(log), MAIN, follow=True)
        assert said[-1].number == 0, self._hosts.errors()
        self._require_sound(Told.of(said))
        self._after = standing(self._home.root)
        roles = self._by_role(seen(log, self._home.root), said)
        return [point for role, calls in roles.items() for point in points(role, calls)]

    def _kill(self, point: Point) -> None:
        """Do it anew, die at the point, recover, and check."""
        log = self._folder / "killed.txt"
        for _ in range(TRIES):
            self._prepared.put_back()
            log.unlink(missing_ok=True)
            said = self._run(injecting(log, point), point.role)
            if was_killed(log):
                break
        else:
            self.tally.missed.append(str(point))
            return
        self.tally.hit += 1
        told = Told.of(said)
        about = [call.about for call in seen(log, self._home.root) if call.call == point.call][point.number - 1]
        try:
            self._require_sound(told)
            self._require_whole(told)
        except AssertionError as error:
            self.tally.faults.append(f"killed at {point} ({about}): {error}")

    def _run(
        self, options: tuple[str, ...], role: str, *, follow: bool = False, only_prepare: bool = False
    ) -> list[Said]:
        """One forked host to its end; the tracer is on the role's thread, or in front of its child."""
        children = {"engine": self._script.command(), "trial": scripted_trial.command()}
        if role in children:
            children[role] = once((*options, "-f", "--"), children[role], self._folder / "once")
        self._hosts.begin(
            Order(
                home=str(self._home.root),
                deed=self._name,
                hold=(role,) if role not in (MAIN, *children) else (),
                engine=children["engine"],
                trial=children["trial"],
                days_later=self._deed.days_later,
                only_prepare=only_prepare,
            )
        )
        said: list[Said] = []
        tracer: Tracer | None = None
        while not said or said[-1].what != "ended":
            said.append(one := self._hosts.hear())
            if one.what == "waits":
                if one.name == role:
                    tracer = Tracer(options, one.number, follow=follow)
                self._hosts.let_go()
        if tracer is not None:
            tracer.wait()
        until_released(self._home)
        return said

    def _by_role(self, calls: list[Seen], said: list[Said]) -> dict[str, list[Seen]]:
        """Every thread that did something, by its role: a thread of the host by its name, or a child."""
        threads = {one.number: one.name for one in said if one.what in ("thread", "waits")}
        others = [call.thread for call in calls if call.thread not in threads and call.about]
        strangers = list(dict.fromkeys(others))
        assert len(strangers) <= len(self._deed.children), f"Unknown processes write: {strangers}"
        roles = threads | dict(zip(strangers, self._deed.children, strict=False))
        found: dict[str, list[Seen]] = {}
        for call in calls:
            if call.thread in roles:
                found.setdefault(roles[call.thread], []).append(call)
        return found

    def _recover(self) -> None:
        """A new host on the home, for as long as it takes to make whole what the last one left."""
        launcher = LocalLauncher(self._script.command(), scripted_trial.command())
        settles = self._deed.settles
        bench = Bench(Service(self._home, launcher, may_train=settles is not None), self._home)
        if settles is not None:
            bench.until(partial(settles, bench), "a home that has settled")
        bench.host.close()

    def _require_sound(self, told: Told) -> None:
        """The independent verifier finds nothing, every sum matches, and recovering twice equals recovering once."""
        self._recover()
        promises = Promises(told.queued, told.saved)
        found = [*faults(self._home.root, promises), *_unmatched_sums(self._home.root)]
        assert not found, found
        once = contents(self._home.root)
        self._recover()
        again = contents(self._home.root)
        changed = {name for name in once.keys() | again.keys() if once.get(name) != again.get(name)}
        assert not changed, f"recovering again changed {sorted(changed)}"

    def _require_whole(self, told: Told) -> None:
        if not self._deed.only_before_or_after:
            return
        now = standing(self._home.root)
        for part in (set(now) - set(self._deed.apart), *({name} for name in self._deed.apart)):
            states = [{name: state[name] for name in part} for state in (now, self._before, self._after)]
            assert states[0] in states[1:], f"between: {_difference(*states)}"
        if any(one.number == 0 for one in told.ended):
            assert now == self._after, "it was told to be done, and is not"


def _evenly(found: list[Point], count: int) -> list[Point]:
    return [found[index * (len(found) - 1) // (count - 1)] for index in range(count)]


def once(tracer: tuple[str, ...], command: tuple[str, ...], mark: Path) -> tuple[str, ...]:
    """A command with the tracer in front of it at its first start alone: an engine that died is started again."""
    shutil.rmtree(mark, ignore_errors=True)
    script = 'mkdir "$1" 2>/dev/null && shift 2 && exec "$@"; shift "$2"; shift 2; exec "$@"'
    return ("/bin/sh", "-c", script, "sh", str(mark), str(len(tracer)), *tracer, *command)


def _unmatched_sums(home: Path) -> Iterator[str]:
    """What `sha256sum -c` says of every artefact."""
    for sums in home.rglob(SUMS):
        done = subprocess.run(
            ("sha256sum", "-c", "--quiet", "--strict", SUMS),
            cwd=sums.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            yield f"{sums.parent.relative_to(home)}: {done.stdout}{done.stderr}"


def _difference(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> str:
    lines = []
    for name, value in now.items():
        if value != before[name] or value != after[name]:
            lines.append(f"{name}: before {before[name]}, now {value}, after {after[name]}")
    return "\n".join(lines)
