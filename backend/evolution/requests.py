"""What clients ask of evolution."""

from backend.clock import utc_now
from backend.domain.pin import Pin
from backend.errors import WrongUse
from backend.evolution import pins
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol import evolution as e
from backend.protocol.host import Done, Reply


class EvolutionRequests:
    """Pins are stored before they are told of."""

    def __init__(self, home: Home, outbox: Outbox) -> None:
        self._home = home
        self._outbox = outbox

    def answer(self, request: e.EvolutionRequest) -> Reply:
        """Raises UserError."""
        match request:
            case e.ListPins():
                return e.PinsReply(pins=pins.load(self._home.pins))
            case e.PinTyped(question=question, answer=answer, system=system):
                return self._pin(pins.typed(question, answer, system, utc_now()))
            case e.Unpin(example_id=example_id):
                return self._unpin(example_id)
            case e.ListRuns():
                return e.RunsReply(runs=())
            case e.GetRun() | e.GetAnswers() | e.GetSnapshot() | e.PinExample():
                raise WrongUse(f"There is no run {request.run}.", "`espalier evolution list` shows them.")

    def _pin(self, pin: Pin) -> Done:
        pinned = pins.load(self._home.pins)
        if any(one.example_id == pin.example_id for one in pinned):
            return Done(text="It is pinned already.")
        self._store((*pinned, pin))
        return Done(text="Pinned: it is in every panel from the next file on.")

    def _unpin(self, example_id: str) -> Done:
        pinned = pins.load(self._home.pins)
        kept = tuple(one for one in pinned if one.example_id != example_id)
        if len(kept) == len(pinned):
            raise WrongUse(f"No pinned example has the id {example_id}.", "`espalier evolution pin` lists them.")
        self._store(kept)
        return Done(text="Unpinned. What was taken of it stays.")

    def _store(self, pinned: tuple[Pin, ...]) -> None:
        pins.store(self._home.pins, pinned)
        self._outbox.tell(e.PinsChanged(pins=pinned))
