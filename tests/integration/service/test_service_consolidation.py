"""Consolidation by the host, over the scripted engine: a version and a head on it, or all as before."""

from backend.paths import Home
from backend.protocol import host as p
from backend.protocol import keeping as k
from backend.versions import folder as places
from tests.fakes import version_host
from tests.fakes.hosting import Bench, OpenBench, adapter_text
from tests.fakes.scripted_engine import Script

SCRIPT = Script(steps=6, seconds=0.001, save_every=3)


def plan(bench: Bench) -> k.ConsolidationPlan:
    reply = bench.ask(k.GetConsolidation())
    assert isinstance(reply, k.ConsolidationPlan), reply
    return reply


def test_a_consolidation_makes_a_version_and_the_head_stands_on_it(home: Home, open_bench: OpenBench) -> None:
    bench = open_bench(SCRIPT)
    version_host.train(bench, "a.jsonl")
    before, adapter = bench.head(), adapter_text(home)
    text = version_host.done(bench, k.Consolidate(description="first", tags=("good",)))
    assert "v001" in text
    (version,) = version_host.versions(bench)
    head = bench.head()
    assert (head.base, head.checkpoint, head.adapter, head.total_steps) == ("v001", None, before.adapter, 6)
    card = version.card
    assert (card.parent.base, card.parent.version, card.lineage, card.tags) == ("tiny", None, (), ("good",))
    assert [(job.name, job.rows, job.steps, job.ended) for job in card.jobs] == [("a.jsonl", 1, 6, True)]
    folder = home.root / version.path
    assert folder.name.startswith("v001_")
    assert folder.name.endswith("_a")
    assert (folder / "adapter" / "adapter_model.safetensors").read_text() == adapter
    assert places.verify(folder, version.sums_sha256) == card
    assert (home.latest_version / "metadata.json").read_bytes() == (folder / "metadata.json").read_bytes()
    assert {p.ModelAdded, k.VersionsChanged, k.BackupsChanged, p.HeadChanged} <= {type(e) for e in bench.events}
