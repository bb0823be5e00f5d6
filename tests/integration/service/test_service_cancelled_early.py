"""An operation that is cancelled before the engine was told of its merge needs no engine for that."""

import msgspec
import pytest

from backend.domain.head import AdapterSettings, Base
from backend.domain.operation import Operation, OperationKind, OperationState
from backend.domain.version import Precision
from backend.operations.work import Merging, Steps
from backend.protocol import keeping as k
from backend.protocol.engine import Merge
from backend.service import Service
from tests.fakes import version_host
from tests.fakes.hosting import OpenBench
from tests.fakes.scripted_engine import Script
from tests.makers.version_rows import version


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """An intent."""


def merging(operation: Operation) -> Steps:
    yield Merging(
        "merging",
        Merge(
            operation=operation.id,
            base=Base(slug="tiny", path="", sha256=""),
            adapter=AdapterSettings(),
            adapter_from="",
            target="",
            card=version(1).card,
            precision=Precision.BASE,
            jobs=(),
            evolution=(),
            token_cache="",
        ),
    )
    return "merged"


@pytest.mark.parametrize("is_waiting", [False, True], ids=["before its turn", "in the line of tasks"])
def test_a_merge_that_was_never_begun_is_cancelled_without_an_engine(open_bench: OpenBench, is_waiting: bool) -> None:
    bench = open_bench(Script())
    assert isinstance(bench.host, Service)
    operations = bench.host._keeping.operations
    operation = operations.begin(OperationKind.CONSOLIDATE, "v001", Nothing(), merging, holds_head=True)
    if is_waiting:
        operations.tick()
    bench.do(k.CancelOperation(operation=operation.id))
    assert version_host.ended(bench, operation).state is OperationState.CANCELLED
    assert bench.engine_pid() == 0
