"""Settings as data, so that the command line and the window show the same lines."""

from backend.options import options
from backend.settings import Settings


def test_every_setting_says_what_it_does() -> None:
    assert [option.key for option in options(Settings()) if len(option.description) < 10] == []


def test_a_key_carries_its_groups_and_the_type_without_bounds() -> None:
    found = {option.key: option for option in options(Settings())}
    assert found["job.learning_rate"].type is float
    assert found["adapter.r"].default == 16
    assert found["adapter.targets"].value == ("all-linear",)


def test_the_value_may_differ_from_the_default() -> None:
    settings = Settings(adapter=type(Settings().adapter)(r=4))
    found = {option.key: option for option in options(settings)}
    assert (found["adapter.r"].value, found["adapter.r"].default) == (4, 16)


def test_closed_bounds_are_told_and_open_ones_are_not() -> None:
    found = {option.key: (option.least, option.most) for option in options(Settings())}
    wanted = {
        "adapter.r": (1, 4096),
        "engine.threads": (0, None),
        "job.learning_rate": (None, 1),
        "engine.device": (None, None),
    }
    assert {key: found[key] for key in wanted} == wanted
