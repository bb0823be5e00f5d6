"""Models as the engine holds them, for the tests beside this file."""

from dataclasses import replace

import pytest

from backend.domain.head import Base
from backend.engine.device import Device, choose
from backend.engine.models.load import LoadedModel, load_base
from backend.settings import EngineSettings


@pytest.fixture(scope="session")
def cpu() -> Device:
    """This machine's processor, one thread."""
    return choose(EngineSettings(device="cpu", threads=1))


@pytest.fixture(scope="session")
def mixed(cpu: Device) -> Device:
    """The same with frozen projections in bfloat16, whether that is fast here or not."""
    return replace(cpu, bfloat16=True)


@pytest.fixture(scope="session")
def exact(cpu: Device) -> Device:
    """The same with everything in float32."""
    return replace(cpu, bfloat16=False)


@pytest.fixture
def tiny(tiny_base: Base, exact: Device) -> LoadedModel:
    """The tiny model in float32, fresh for each test."""
    return load_base(tiny_base, exact)


@pytest.fixture(scope="session")
def starter(starter_base: Base, mixed: Device) -> LoadedModel:
    """The starter model with bfloat16 projections; shared, so take off what you put on."""
    return load_base(starter_base, mixed)
