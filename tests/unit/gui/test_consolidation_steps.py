"""Which of the steps is under way, from words that are finer than they are."""

from backend.domain.operation import Operation, OperationKind
from backend.versions.planning import STEPS
from gui.consolidation.course import place_of

TOLD = (
    ("checking space, base and adapter", 0),
    ("copying head", 0),
    ("backing up head", 1),
    ("reading head back from the disk", 1),
    ("loading head once", 1),
    ("merging the adapter into the base, in float32 arithmetic", 2),
    ("loading PyTorch", 2),
    ("measuring base and adapter", 3),
    ("merging in bfloat16", 2),
    ("loading the merged model (bfloat16)", 2),
    ("measuring the merge", 3),
    ("asking the new version a question", 4),
    ("copying adapter and evolution", 4),
    ("", 4),
    ("making it the base of the head", 5),
)


def test_the_arrow_follows_what_is_told() -> None:
    reached, places = 0, []
    for step, _ in TOLD:
        operation = Operation(id=1, kind=OperationKind.CONSOLIDATE, subject="v001", step=step, steps=STEPS)
        reached = place_of(operation, reached)
        places.append((step, reached))
    assert places == list(TOLD)
