"""Sees that there is a model to train: the chosen one, else the starter."""

from backend.cli.endings import Endings
from backend.cli.output import Output
from backend.cli.progress import Reporter
from backend.domain.head import Base
from backend.errors import UserError
from backend.host import Host, ask
from backend.protocol.host import (
    AddModel,
    Done,
    GetHead,
    HeadReply,
    ListModels,
    ModelAdded,
    ModelsReply,
    Notice,
    UseModel,
)

STARTER = "starter"


def ensure_model(host: Host, output: Output, reporter: Reporter, endings: Endings) -> None:
    """Choose the starter where nothing is chosen, and say so.

    Raises:
        UserError: it cannot be added.
    """
    if ask(host, GetHead(), HeadReply).head.base is not None:
        return
    output.note("No model is chosen yet: the small starter model is taken (`espalier model use` chooses another).")
    ask(host, UseModel(slug=ensure_starter(host, output, reporter, endings)), Done)


def ensure_starter(host: Host, output: Output, reporter: Reporter, endings: Endings) -> str:
    """The starter's slug in the library, added first where it is missing."""
    models = ask(host, ListModels(), ModelsReply).models
    if all(model.slug != STARTER for model in models):
        output.note("Adding the starter model to the library; this takes a moment and is done once.")
        add_model(host, STARTER, "", reporter, endings)
    return STARTER


def add_model(host: Host, source: str, name: str, reporter: Reporter, endings: Endings) -> Base:
    """Have the host import a model, and wait for it.

    Raises:
        UserError: it cannot be imported.
        Stopped: a signal came.
    """
    for event in host.pump():  # a host that just began tells of the starter, which is not what is asked for here
        reporter.tell(event)
    ask(host, AddModel(source=source, name=name), Done)
    while True:
        endings.raise_if_any()
        for event in host.pump():
            match event:
                case ModelAdded():
                    return event.base
                case Notice(level="error"):
                    raise UserError(event.text, event.hint)
                case _:
                    reporter.tell(event)
        host.wait(0.2)
