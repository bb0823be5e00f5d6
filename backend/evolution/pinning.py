"""From an example of a panel to a pin that holds its whole conversation."""

from backend.datasets.reader import read_lines
from backend.domain.conversation import Conversation, Kind
from backend.domain.evolution import PanelExample
from backend.domain.pin import Pin
from backend.errors import Damaged, WrongUse
from backend.evolution import pins
from backend.paths import Home


def pin_of(home: Home, one: PanelExample, dataset_name: str, pinned_at: str) -> Pin:
    """Read its row from the stored file; a typed one is made of its question and answer.

    Raises:
        WrongUse: it has no answer that a model could give.
        Damaged: the stored file no longer holds it.
    """
    if not one.dataset:
        return _typed(one, pinned_at)
    row = _row(home, one)
    if row.kind is Kind.TEXT:
        raise WrongUse("Plain text has no answer to watch, so it cannot be pinned.", "Pin an example with an answer.")
    return Pin(
        example_id=one.example_id,
        turns=row.turns,
        tools=row.tools,
        dataset=one.dataset,
        dataset_name=dataset_name,
        line=one.line,
        pinned_at=pinned_at,
    )


def _row(home: Home, one: PanelExample) -> Conversation:
    path = home.dataset(one.dataset)
    try:
        found = next(read_lines(path, [one.line]), None)
    except OSError as error:
        raise Damaged(f"{path} cannot be read ({error.strerror}).", "Queue the file again, then pin it.") from error
    if not isinstance(found, Conversation) or pins.id_of(found) != one.example_id:
        raise Damaged(f"Line {one.line} of {path} is not this example.", "Type the example in instead.")
    return found


def _typed(one: PanelExample, pinned_at: str) -> Pin:
    pin = pins.typed(one.input, one.expected_output, "", pinned_at)
    if pin.example_id != one.example_id:
        raise WrongUse(
            "This example was typed in with more than a question, and was unpinned.", "Type it in once more."
        )
    return pin
