"""One option for each setting that a job freezes, made from the settings themselves."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import typer

from backend.domain.job import JobSettings
from backend.errors import WrongUse
from backend.options import Option, options

Chosen = dict[str, Any]
"""What was given on the command line, by the name of the setting."""
PARAMETER = "chosen"
PANEL = "What the job freezes (otherwise as in the settings)"


def takes_job_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` an option for each job setting; it gets the given ones as `chosen`."""
    found = list(options(JobSettings()))
    own = inspect.signature(command, eval_str=True).parameters
    kept = [parameter for parameter in own.values() if parameter.name != PARAMETER]
    added = [_parameter(option) for option in found]

    def run(**values: Any) -> None:
        given = {option.key: values.pop(option.key) for option in found}
        command(chosen={key: value for key, value in given.items() if value is not None}, **values)

    run.__doc__ = command.__doc__
    vars(run)["__signature__"] = inspect.Signature(kept + added)
    return run


def job_settings(defaults: JobSettings, chosen: Mapping[str, Any]) -> JobSettings | None:
    """The home's defaults with what was chosen; None where nothing was.

    Raises:
        WrongUse: a value lies outside its bounds.
    """
    if not chosen:
        return None
    values: dict[str, Any] = {**msgspec.to_builtins(defaults), **chosen}
    try:
        return msgspec.convert(values, JobSettings)
    except msgspec.ValidationError as error:
        names = ", ".join(f"--{name.replace('_', '-')} {value}" for name, value in chosen.items())
        raise WrongUse(
            f"The options {names} do not fit: {error}.", "`espalier train --help` says what each of them means."
        ) from error


def _parameter(option: Option) -> inspect.Parameter:
    dashed = option.key.replace("_", "-")
    names = f"--{dashed}/--no-{dashed}" if option.type is bool else f"--{dashed}"
    declared = typer.Option(None, names, help=option.description, show_default=False, rich_help_panel=PANEL)
    return inspect.Parameter(
        option.key, inspect.Parameter.KEYWORD_ONLY, default=declared, annotation=option.type | None
    )
