"""Models and questions: what the engine does for the library while nothing trains."""

from pathlib import Path

from backend import files
from backend.domain.head import Base, Head
from backend.domain.move import MoveKind
from backend.domain.status import HostState
from backend.head import derived
from backend.paths import Home
from backend.protocol import host as p
from backend.store.store import Store
from tests.fakes.hosting import Bench, OpenBench, give_base
from tests.fakes.scripted_engine import Script

SLOW = Script(steps=1000, seconds=0.01, save_every=5)


def test_added_model_lies_under_its_content_and_can_be_used(open_bench: OpenBench, home: Home, tmp_path: Path) -> None:
    bench = open_bench(Script())
    base = _add(bench, tmp_path / "My Model")
    assert base.slug == "my-model"
    assert Path(base.path) == home.bases / f"my-model-{base.sha256[:8]}"
    files.verify(Path(base.path))
    bench.do(p.UseModel(slug="my-model"))
    assert bench.head().base == "my-model"
    assert "my-model" in (home.current_model / derived.README).read_text()
    models = bench.ask(p.ListModels())
    assert isinstance(models, p.ModelsReply)
    assert [model.slug for model in models.models] == ["my-model", "tiny"]


def test_same_model_added_twice_is_one(open_bench: OpenBench, home: Home, tmp_path: Path) -> None:
    bench = open_bench(Script())
    assert _add(bench, tmp_path / "model") == _add(bench, tmp_path / "model")
    assert len([path for path in home.bases.iterdir() if path.name.startswith("model")]) == 1


def test_model_that_is_none_is_one_notice(open_bench: OpenBench, home: Home, tmp_path: Path) -> None:
    bench = open_bench(Script())
    (tmp_path / "bad").mkdir()
    bench.do(p.AddModel(source=str(tmp_path / "bad")))
    assert bench.until_event(p.Notice).text == "This is no model."
    missing = bench.refusal(p.AddModel(source=str(tmp_path / "nowhere")))
    assert "There is no model at" in missing.message
    assert missing.exit_status == 2
    assert not list(home.bases.glob(".*"))


def test_without_a_model_training_says_what_to_do(open_bench: OpenBench, home: Home) -> None:
    store = Store.open(home)
    store.head.move(Head(), MoveKind.USE)
    store.close()
    bench = open_bench(Script())
    failure = bench.refusal(p.StartTraining())
    assert "No model has been chosen" in failure.message
    assert "model add starter" in failure.hint


def test_model_is_not_changed_under_a_begun_job(open_bench: OpenBench, home: Home) -> None:
    give_base(home, "other")
    bench = open_bench(SLOW)
    bench.do(p.UseModel(slug="tiny"))
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(1)
    assert "holds the head" in bench.refusal(p.UseModel(slug="other")).message
    assert "training" in bench.refusal(p.AskHead(question="Who are you?")).message
    bench.do(p.StopTraining())
    bench.until_state(HostState.STOPPED)
    bench.do(p.UseModel(slug="other"))
    assert bench.head().total_steps == 0


def test_head_and_its_base_answer(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=3))
    bench.queue("file")
    bench.train()
    bench.do(p.AskHead(question="Who?"))
    assert bench.until_event(p.Answer).text == "trained: Who?"
    bench.do(p.AskHead(question="Who?", with_adapter=False))
    assert bench.until_event(p.Answer).text == "base: Who?"


def test_question_while_paused_releases_the_engine_first_and_resume_goes_on(open_bench: OpenBench) -> None:
    bench = open_bench(Script(steps=30, seconds=0.01))
    bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(2)
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    engine = bench.engine_pid()
    bench.do(p.AskHead(question="Who?"))
    assert bench.until_event(p.Answer).text == "trained: Who?"
    assert bench.engine_pid() not in (engine, 0)
    assert bench.status().state is HostState.PAUSED
    assert bench.train().done == 1


def _add(bench: Bench, folder: Path) -> Base:
    folder.mkdir(exist_ok=True)
    bench.do(p.AddModel(source=str(folder)))
    return bench.until_event(p.ModelAdded).base
