"""`save` ends with what it was asked for, also where there is nothing new to write."""

from pathlib import Path

from backend.domain.status import HostState
from backend.protocol import host as p
from backend.protocol.engine import Metric
from tests.fakes.command_line import CommandLine, Ended
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script

AT_INTERVAL = Script(steps=8, gate_at=4, save_every=4)


def save(cli: CommandLine, bench: Bench, *words: str) -> Ended:
    """The command as a process of its own, beside the host in this one."""
    going = cli.start("save", *words)
    bench.until(lambda: going.process.poll() is not None, "the end of the command")
    return going.end()


def begin(bench: Bench) -> None:
    bench.queue("long")
    bench.do(p.StartTraining())
    bench.until_event(Metric, lambda metric: metric.step == 4)


def test_twice_where_a_checkpoint_stands_already(cli: CommandLine, open_bench: OpenBench) -> None:
    bench = open_bench(AT_INTERVAL)
    begin(bench)
    for _ in range(2):
        ended = save(cli, bench, "--json")
        assert (ended.status, ended.json["step"], ended.json["text"]) == (0, 4, "Saved long at step 4/8.")
    assert bench.saved_steps(1) == [4]


def test_while_paused(cli: CommandLine, open_bench: OpenBench) -> None:
    bench = open_bench(AT_INTERVAL)
    begin(bench)
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    assert save(cli, bench).out == "Saved long at step 4/8.\n"


def test_where_a_file_is_paused_and_no_host_runs(cli: CommandLine, open_bench: OpenBench) -> None:
    bench = open_bench(AT_INTERVAL)
    begin(bench)
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    bench.host.close()
    assert not Path(bench.home.host_card).exists()
    assert cli("save").out == "Saved long at step 4/8.\n"
