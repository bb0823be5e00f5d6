"""One deed, killed at each of its points: what a new host makes of the home is before or after it, and nothing between.

ESPALIER_FAULTS=1 (`python3 start.py test --faults`) takes every point, otherwise a fixed sample of them is taken.
"""

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from backend.locks import is_held
from backend.paths import Home
from backend.service import Service
from backend.supervisor.launcher import LocalLauncher
from tests.drivers.host_program import until_released
from tests.drivers.killed_host import MAIN, PATIENCE, HeldHosts, Order, Said
from tests.fakes import scripted_trial
from tests.fakes.hosting import Bench
from tests.fakes.scripted_engine import Script
from tests.faults.deeds import DEEDS, Deed
from tests.faults.injection import Point, Seen, Tracer, injecting, points, recording, seen, was_injected, was_killed
from tests.faults.standing import contents, standing
from tests.faults.tally import Tally
from tests.faults.verifier import Promises, faults

Options = Callable[[Path], tuple[str, ...]]
"""Of strace, for a log."""
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
        """Since the deed began."""
        began = next((index for index, one in enumerate(said) if one.what == "waits" and one.name == MAIN), 0)
        return cls(
            tuple((one.number, one.name) for one in said if one.what == "queued"),
            tuple((one.number, int(one.other)) for one in said if one.what == "saved"),
            tuple(one for one in said[began:] if one.what == "operation"),
        )


@dataclass(frozen=True)
class Prepared:
    """A home that every run begins with. It is put back to where it was made, for rows name places by whole paths."""

    place: Path
    """Holds `home`, and the second location where there is one."""
    kept: Path
    """A copy of `place`."""

    @classmethod
    def keep(cls, place: Path, name: str = "kept") -> "Prepared":
        kept = place.with_name(f"{place.name}-{name}")
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
        """`folder` is an empty one for the logs of the tracer."""
        self._hosts = hosts
        self._prepared = prepared
        self._name = deed
        self._deed: Deed = DEEDS[deed]
        self._folder = folder
        self._script = script
        folder.mkdir(exist_ok=True)
        self._logs = folder / "logs"
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

    def leave_killed(self, count: int) -> Iterator[Prepared]:
        """Homes as so many deaths in the deed left them, recovered by nobody; each holds until the next one."""
        recorded = self._record()
        for point in _evenly(recorded, count + 2)[1:-1]:
            self._prepared.put_back()
            self._run(partial(injecting, point=point), point.role)
            assert was_killed(self._log(point.role)), point
            yield Prepared.keep(self._prepared.place, f"killed-{point}")

    def fail(self, faults: Sequence[tuple[str, str]], role: str, sample: int) -> Tally:
        """Let calls of one role fail instead: the host lives on, tells of it, and nothing is between.

        Args:
            faults: a call and the error that it returns, each at as many of its places as in `run`.
        """
        began = time.monotonic()
        recorded = self._record()
        for call, error in faults:
            found = [point for point in recorded if (point.role, point.call) == (role, call)]
            chosen = found if CHOSEN or len(found) <= sample else _evenly(found, sample)
            self.tally.recorded += len(found)
            for point in chosen:
                self.tally.tried += 1
                self._fail(point, error)
        self.tally.seconds = time.monotonic() - began
        return self.tally

    # Inside

    def _fail(self, point: Point, error: str) -> None:
        self._prepared.put_back()
        said = self._run(partial(injecting, point=point, fault=f"error={error}"), point.role)
        if not was_injected(self._log(point.role)):
            self.tally.missed.append(f"{point} {error}")
            return
        self.tally.hit += 1
        told = Told.of(said)
        try:
            assert said[-1].number == 0, f"the host did not outlive it: {self._hosts.errors()[-2000:]}"
            assert told.ended, "nothing was told of the end"
            assert all(one.number == 0 or one.other for one in told.ended), "it failed without a word"
            self._require_sound(told)
            self._require_whole(told)
        except AssertionError as wrong:
            self.tally.faults.append(f"{error} at {point}: {wrong}")

    def _record(self) -> list[Point]:
        """Do it once undisturbed. Returns every point of every role; learns what before and after are."""
        self._prepared.put_back()
        self._run(recording, "", only_prepare=True)
        self._recover()
        self._before = standing(self._home.root)
        self._prepared.put_back()
        shutil.rmtree(self._logs, ignore_errors=True)
        self._logs.mkdir()
        said = self._run(recording, None)
        assert said[-1].number == 0, self._hosts.errors()
        self._require_sound(Told.of(said))
        self._after = standing(self._home.root)
        found = []
        for log in sorted(self._logs.iterdir()):
            calls = seen(log, self._home.root)
            assert len({call.thread for call in calls if call.about}) <= 1, f"Several threads of {log.stem} write."
            found += points(log.stem, calls)
        return found

    def _kill(self, point: Point) -> None:
        """Do it anew, die at the point, recover, and check."""
        log = self._logs / f"{point.role}.txt"
        for _ in range(TRIES):
            self._prepared.put_back()
            log.unlink(missing_ok=True)
            said = self._run(partial(injecting, point=point), point.role)
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

    def _run(self, options: Options, watched: str | None, *, only_prepare: bool = False) -> list[Said]:
        """One forked host to its end, with a tracer on the thread or in front of the child that is watched.

        Args:
            watched: one role; None for all of them, each with a log of its own.
        """
        self._hosts.begin(
            Order(
                home=str(self._home.root),
                deed=self._name,
                hold=(watched,) if watched is not None else (),
                hold_all=watched is None,
                engine=self._child("engine", self._script.command(), options, watched),
                trial=self._child("trial", scripted_trial.command(), options, watched),
                days_later=self._deed.days_later,
                only_prepare=only_prepare,
            )
        )
        said: list[Said] = []
        threads: dict[str, int] = {}
        tracers: list[Tracer] = []
        while not said or said[-1].what != "ended":
            said.append(one := self._hosts.hear())
            if one.what in ("thread", "waits"):
                threads[one.name] = one.number
            if one.what == "waits":
                roles = [role for role in threads if watched in (None, role)]
                tracers += [Tracer(options(self._log(role)), threads.pop(role)) for role in roles]
                self._hosts.let_go()
        for tracer in tracers:
            tracer.wait()
        until_released(self._home)
        self._until_left()
        return said

    def _until_left(self) -> None:
        """A child that was just being started when its host died holds the host's lock for a moment, until its exec."""
        deadline = time.monotonic() + PATIENCE
        while is_held(self._home.host_lock):
            assert time.monotonic() < deadline, "The host's lock is still held."
            time.sleep(0.01)

    def _child(self, role: str, command: tuple[str, ...], options: Options, watched: str | None) -> tuple[str, ...]:
        if role not in self._deed.children or watched not in (None, role):
            return command
        return once((*options(self._log(role)), "-f", "--"), command, self._folder / f"once-{role}")

    def _log(self, role: str) -> Path:
        return self._logs / f"{role}.txt"

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
        apart = {name: now[name] for name in self._deed.apart}
        between = [name for name, found in apart.items() if not self._is_step_between(name, found)]
        rest = now.keys() - apart.keys()
        if not any(all(now[name] == state[name] for name in rest) for state in (self._before, self._after)):
            between += [name for name in rest if not now[name] == self._before[name] == self._after[name]]
        assert not between, "between: " + "; ".join(self._difference(name, now[name]) for name in between)
        if any(one.number == 0 for one in told.ended):
            assert now == self._after, "it was told to be done, and is not"

    def _is_step_between(self, name: str, found: list[Any]) -> bool:
        """Whether everything on the list was on it before, or is on it afterwards; done for itself, one by one."""
        before, now, after = Counter(self._before[name]), Counter(found), Counter(self._after[name])
        return len(self._before[name]) <= len(found) <= len(self._after[name]) and now <= (before | after)

    def _difference(self, name: str, found: list[Any]) -> str:
        before, now, after = Counter(self._before[name]), Counter(found), Counter(self._after[name])
        since, missing = list((now - before).elements()), list((after - now).elements())
        gone, left = list((before - now).elements()), list((now - after).elements())
        return f"{name}: came {since}, went {gone}; from the end {missing} are missing, {left} are too much"


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
