"""Settings of one home, kept in config.toml: each with its type, its default and a line that says what it does."""

from typing import Annotated

import msgspec
import tomlkit

from backend import files
from backend.domain.head import AdapterSettings
from backend.domain.job import MINUTES_A_YEAR, JobSettings
from backend.errors import WrongUse
from backend.paths import Home

WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the engine process runs on this machine."""

    python: Annotated[
        str,
        msgspec.Meta(
            description="The Python, or the environment's folder, whose PyTorch trains; empty for the program's own. "
            "From the next start of the engine on."
        ),
    ] = ""
    device: Annotated[str, msgspec.Meta(description="auto, cpu, cuda, cuda:1, mps.")] = "auto"
    token_budget: Annotated[
        int, msgspec.Meta(ge=0, description="Padded tokens per micro-batch; 0 measures it at job start.")
    ] = 0
    threads: Annotated[int, msgspec.Meta(ge=0, description="CPU threads; 0 takes the physical cores.")] = 0
    release_after_minutes: Annotated[
        float,
        msgspec.Meta(ge=0, le=MINUTES_A_YEAR, description="A paused engine ends and frees its memory after this time."),
    ] = 2.0
    low_priority_on_cpu: Annotated[
        bool,
        msgspec.Meta(description="Run at nice 10 where the CPU does the training, so that the desktop stays usable."),
    ] = True


class DailySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The daily snapshot of the head, and how many of them stay."""

    enabled: Annotated[
        bool, msgspec.Meta(description="Take a snapshot of the head each day on which it has moved.")
    ] = True
    at: Annotated[
        str,
        msgspec.Meta(
            pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$",
            description="When it is taken, HH:MM in your own time; one that was missed is made up.",
        ),
    ] = "03:00"
    days: Annotated[int, msgspec.Meta(ge=1, le=3660, description="So many of the last snapshots stay.")] = 7
    weeks: Annotated[int, msgspec.Meta(ge=0, le=520, description="The last one of so many weeks stays.")] = 4
    months: Annotated[int, msgspec.Meta(ge=0, le=120, description="The last one of so many months stays.")] = 12
    thin: Annotated[
        bool,
        msgspec.Meta(
            description="Move what this rule lets go to the trash by itself; `espalier daily thin` shows what that is."
        ),
    ] = False


class BackupSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Copies of versions and of the head, and how long they stay."""

    second_location: Annotated[
        str,
        msgspec.Meta(description="A folder on another disk that every backup is copied to as well; empty for none."),
    ] = ""
    keep_days: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=36_600,
            description="Backups stay at least so many days; `espalier backup cleanup` shows what would go after that.",
        ),
    ] = 30


class PowerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What training asks of the machine beside computing."""

    keep_awake: Annotated[
        bool,
        msgspec.Meta(description="Keep the machine from falling asleep while it trains, and only then."),
    ] = True


class WindowSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the window behaves."""

    notifications: Annotated[
        bool,
        msgspec.Meta(description="Tell of errors and of a finished queue while you look at something else."),
    ] = True


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything in config.toml. `job` and `adapter` are the defaults that new jobs and new heads copy."""

    job: JobSettings = JobSettings()
    adapter: AdapterSettings = AdapterSettings()
    engine: EngineSettings = EngineSettings()
    daily: DailySettings = DailySettings()
    backup: BackupSettings = BackupSettings()
    power: PowerSettings = PowerSettings()
    window: WindowSettings = WindowSettings()


def load(home: Home) -> Settings:
    """The settings of `home`; defaults where nothing is written.

    Raises:
        WrongUse: config.toml is not TOML or holds a value of the wrong kind.
    """
    if not home.config.exists():
        return Settings()
    try:
        return msgspec.toml.decode(home.config.read_bytes(), type=Settings)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise WrongUse(
            f"The settings in {home.config} cannot be read: {error}.", "Mend that line or remove the file."
        ) from error


def get(settings: Settings, key: str) -> object:
    """The value at a dotted key such as job.learning_rate.

    Raises:
        WrongUse: there is no such setting.
    """
    value: object = settings
    for part in key.split("."):
        if not isinstance(value, msgspec.Struct) or part not in value.__struct_fields__:
            raise WrongUse(f"There is no setting named {key}.", "`espalier settings get` lists them all.")
        value = getattr(value, part)
    return value


def put(home: Home, key: str, text: str) -> Settings:
    """Set one dotted key from its text and store config.toml, comments kept.

    Raises:
        WrongUse: no such setting, or the text does not fit its type or bounds.
    """
    current = get(load(home), key)
    if isinstance(current, msgspec.Struct):
        raise WrongUse(
            f"{key} is a group of settings.", f"Name one of them, for example {key}.{current.__struct_fields__[0]}."
        )
    document = tomlkit.parse(home.config.read_text(encoding="utf-8")) if home.config.exists() else tomlkit.document()
    table = document
    *groups, name = key.split(".")
    for group in groups:
        if group not in table:
            table[group] = tomlkit.table()
        table = table[group]
    table[name] = parsed(text, current)
    written = tomlkit.dumps(document).encode()
    try:
        settings = msgspec.toml.decode(written, type=Settings)
    except msgspec.ValidationError as error:
        raise WrongUse(f"{text!r} does not fit {key}: {error}.", f"It is now {_shown(current)}.") from error
    files.write(home.config, written)
    return settings


def parsed(text: str, current: object) -> object:
    """The text as the kind of value that it replaces; as text where it does not look like it, for msgspec to refuse."""
    if isinstance(current, bool):
        return WORDS.get(text.strip().lower(), text)
    if isinstance(current, int | float):
        return _number(text)
    if isinstance(current, tuple):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(msgspec.to_builtins(value))


def _number(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text
