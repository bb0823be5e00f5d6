"""What clients ask of evolution."""

from backend.clock import utc_now
from backend.domain.pin import Pin
from backend.errors import WrongUse
from backend.evolution import pins
from backend.evolution.pinning import pin_of
from backend.evolution.replies import EvolutionReplies
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol import evolution as e
from backend.protocol.host import Done, Reply
from backend.store.store import Store


class EvolutionRequests:
    """Pins are stored before they are told of."""

    def __init__(self, home: Home, store: Store, outbox: Outbox) -> None:
        self._home = home
        self._outbox = outbox
        self._replies = EvolutionReplies(home, store.evolution)

    def answer(self, request: e.EvolutionRequest) -> Reply:
        """Raises UserError."""
        match request:
            case e.PinExample(run=run, example_id=example_id):
                return self._pin_example(run, example_id)
            case e.PinTyped(question=question, answer=answer, system=system):
                return self._pin(pins.typed(question, answer, system, utc_now()))
            case e.Unpin(example_id=example_id):
                return self._unpin(example_id)
            case e.ListPins():
                return e.PinsReply(pins=pins.load(self._home.pins))
            case _:
                return answer_question(self._replies, request)

    def _pin_example(self, run: int, example_id: str) -> Done:
        """Nothing is read of one that is pinned already."""
        _, one = self._replies.example(run, example_id)
        if any(pin.example_id == example_id for pin in pins.load(self._home.pins)):
            return Done(text="It is pinned already.")
        names = (found.dataset_name for found in self._replies.runs().runs if found.dataset == one.dataset)
        return self._pin(pin_of(self._home, one, next(names, ""), utc_now()))

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


def answer_question(replies: EvolutionReplies, question: e.RunQuestion) -> e.EvolutionReply:
    """What needs no host. Raises UserError."""
    match question:
        case e.ListRuns():
            return replies.runs()
        case e.GetRun(run=run, after_step=after_step):
            return replies.run(run, after_step)
        case e.GetAnswers(run=run, example_id=example_id):
            return replies.answers(run, example_id)
        case e.GetSnapshot(run=run, step=step):
            return replies.snapshot(run, step)
