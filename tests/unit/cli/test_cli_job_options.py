"""Each setting that a job freezes is an option of `train` and `queue add`."""

import pytest
import typer

from backend.cli.job_options import job_settings
from backend.cli.main import composed
from backend.cli.output import JsonOutput
from backend.domain.job import JobSettings, Schedule
from backend.errors import WrongUse


@pytest.mark.parametrize("path", [("train",), ("queue", "add")])
def test_every_setting_of_a_job_is_an_option(path: tuple[str, ...]) -> None:
    command = typer.main.get_command(composed(JsonOutput(), None))
    for name in path:
        assert isinstance(command, typer.core.TyperGroup)
        command = command.commands[name]
    given = {option for parameter in command.params for option in parameter.opts}
    assert {f"--{name.replace('_', '-')}" for name in JobSettings.__struct_fields__} <= given


def test_what_is_chosen_stands_on_the_defaults_of_the_home() -> None:
    settings = job_settings(JobSettings(seed=7), {"epochs": 3, "schedule": Schedule.COSINE, "cut_long_rows": False})
    assert settings == JobSettings(seed=7, epochs=3, schedule=Schedule.COSINE)


def test_nothing_chosen_leaves_the_defaults_to_the_host() -> None:
    assert job_settings(JobSettings(seed=7), {}) is None


def test_a_value_out_of_bounds_is_named_with_its_option() -> None:
    with pytest.raises(WrongUse, match="--learning-rate 5"):
        job_settings(JobSettings(), {"learning_rate": 5.0})
