"""Answers what clients ask of the base models, and questions to the head."""

from collections.abc import Callable

from backend.errors import Refused
from backend.head.keeper import HeadKeeper
from backend.library.shelf import STARTER, VERSION_ID, Shelf
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import Ask
from backend.protocol.keeping import RestoreVersion
from backend.settings import Settings
from backend.training.tasks import Tasks
from backend.versions.requests import VersionRequests


class ModelRequests:
    """One case a request; the work is done by the parts."""

    def __init__(
        self,
        home: Home,
        shelf: Shelf,
        tasks: Tasks,
        keeper: HeadKeeper,
        outbox: Outbox,
        settings: Callable[[], Settings],
        versions: VersionRequests,
    ) -> None:
        self._home = home
        self._shelf = shelf
        self._tasks = tasks
        self._keeper = keeper
        self._outbox = outbox
        self._settings = settings
        self._versions = versions

    def answer(self, request: p.ModelRequest) -> p.Reply:
        """Raises the UserErrors of the parts."""
        match request:
            case p.AddModel():
                return self._add(request)
            case p.UseModel(slug=slug):
                base = self._shelf.get(slug)
                if VERSION_ID.fullmatch(base.slug):
                    return self._versions.answer(RestoreVersion(version=base.slug))
                self._keeper.use(base, self._settings().adapter)
                return p.Done(text=f"The head now stands on {base.slug}.")
            case p.AskHead():
                self._tasks.add(self._question(request))
                return p.Done(text="Asking.")
            case p.ListModels():
                return p.ModelsReply(models=self._shelf.all())
            case p.GetHead():
                return p.HeadReply(head=self._keeper.head(), base=self._keeper.base())

    def _add(self, request: p.AddModel) -> p.Done:
        if request.source == STARTER and (base := self._shelf.take_starter()) is not None:
            self._outbox.tell(p.ModelAdded(base=base))
            return p.Done(text="The starter model is in the library.")
        self._tasks.add(self._shelf.request(request.source, request.name))
        return p.Done(text="Adding the model.")

    def _question(self, request: p.AskHead) -> Ask:
        head, base = self._keeper.head(), self._keeper.base()
        if base is None:
            raise Refused("No model has been chosen to ask.", "`espalier model add starter`, then `model use starter`.")
        point = head.checkpoint if request.with_adapter else None
        return Ask(
            base=base,
            adapter_from=None if point is None else str(self._home.root / point.path),
            conversations=(({"role": "user", "content": request.question},),),
            max_new_tokens=request.max_new_tokens,
            engine=self._settings().engine,
        )
