"""Settings in config.toml: defaults, dotted keys, comments kept, and nothing wrong ever stored."""

from pathlib import Path

import msgspec
import pytest

from backend import settings
from backend.domain.job import Schedule
from backend.errors import WrongUse
from backend.paths import Home
from backend.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_home_without_config_has_the_defaults(home: Home) -> None:
    assert settings.load(home) == Settings()


def test_the_defaults_are_those_of_the_design() -> None:
    default = Settings()
    assert (default.adapter.r, default.adapter.alpha, default.adapter.targets) == (16, 32.0, ("all-linear",))
    job = default.job
    assert (job.learning_rate, job.schedule, job.warmup) == (2e-4, Schedule.LINEAR, 0.03)
    assert (job.rows_per_step, job.epochs, job.dropout) == (8, 1, 0.0)
    assert (job.heldout_share, job.heldout_most) == (0.05, 100)
    assert (job.checkpoint_steps, job.checkpoint_minutes) == (200, 10.0)
    assert default.engine.release_after_minutes == 2.0


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("job.epochs", "3", 3),
        ("job.learning_rate", "1e-3", 1e-3),
        ("job.learning_rate", "1", 1.0),
        ("job.schedule", "cosine", Schedule.COSINE),
        ("job.cut_long_rows", "Yes", True),
        ("job.cut_long_rows", "off", False),
        ("job.template_date", "2026-01-31", "2026-01-31"),
        ("adapter.targets", "q_proj, v_proj", ("q_proj", "v_proj")),
        ("engine.device", "cuda:1", "cuda:1"),
    ],
)
def test_a_setting_is_kept(home: Home, key: str, text: str, value: object) -> None:
    written = settings.put(home, key, text)
    assert settings.get(written, key) == value
    assert settings.load(home) == written


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("job.epochs", "0"),
        ("job.epochs", "2.5"),
        ("job.epochs", "many"),
        ("job.learning_rate", "nan"),
        ("job.learning_rate", "-1"),
        ("job.checkpoint_minutes", "inf"),
        ("job.max_grad_norm", "inf"),
        ("job.seed", str(2**63)),
        ("job.schedule", "wobbly"),
        ("job.cut_long_rows", "maybe"),
        ("adapter.alpha", "inf"),
        ("adapter.targets", " , "),
        ("engine.release_after_minutes", "inf"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_stored(home: Home, key: str, text: str) -> None:
    with pytest.raises(WrongUse, match=key.replace(".", r"\.")) as refusal:
        settings.put(home, key, text)
    assert refusal.value.hint.startswith("It is now ")
    assert "<" not in refusal.value.hint
    assert not home.config.exists()


@pytest.mark.parametrize("key", ["", "job.", "nothing", "job.nothing", "job.epochs.real", "job.schedule.name"])
def test_an_unknown_key_is_refused(home: Home, key: str) -> None:
    with pytest.raises(WrongUse, match="no setting named"):
        settings.put(home, key, "1")


def test_a_group_is_no_setting_and_the_hint_names_one_that_is(home: Home) -> None:
    with pytest.raises(WrongUse, match="group of settings") as refusal:
        settings.put(home, "job", "1")
    assert "job.learning_rate" in refusal.value.hint


def test_the_users_comments_and_other_values_stay(home: Home) -> None:
    home.config.write_text("# mine\n[job]\nepochs = 2  # two is enough\n", encoding="utf-8")
    settings.put(home, "job.seed", "7")
    settings.put(home, "engine.threads", "2")
    text = home.config.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# two is enough" in text
    loaded = settings.load(home)
    assert (loaded.job.epochs, loaded.job.seed, loaded.engine.threads) == (2, 7, 2)


@pytest.mark.parametrize(
    "content",
    [b"[job", b"job = 3", b"[job]\nepochs = 0", b"[job]\nepoch = 1", b"[job]\nlearning_rate = nan", b"\xff\xfe"],
)
def test_a_broken_config_is_refused_by_name_and_left_alone(home: Home, content: bytes) -> None:
    home.config.write_bytes(content)
    with pytest.raises(WrongUse, match=r"config\.toml"):
        settings.load(home)
    with pytest.raises(WrongUse, match=r"config\.toml"):
        settings.put(home, "job.epochs", "2")
    assert home.config.read_bytes() == content


def test_settings_survive_the_wire() -> None:
    assert msgspec.json.decode(msgspec.json.encode(Settings()), type=Settings) == Settings()
