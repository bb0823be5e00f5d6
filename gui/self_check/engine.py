"""The child that trains takes a model into the library, and the child that looks at files counts its tokens."""

from pathlib import Path

import msgspec

from backend.domain.job import Job
from backend.errors import UserError
from backend.library.folder import METADATA
from backend.preview.order import order_for
from backend.preview.process import PreviewProcess
from backend.protocol import host as p
from backend.protocol.preview import Looked, NotReadable
from gui.self_check.bench import Bench, tiny_model
from gui.self_check.training import queued

SHOWN = ("torch", "transformers", "peft")
WAIT_SECONDS = 0.1


class Libraries(msgspec.Struct, frozen=True):
    """What the engine wrote beside the model that it took in."""

    versions: dict[str, str]


def engine(bench: Bench) -> str:
    """Starts, imports the tiny model, which becomes the head's base, and says what it works with."""
    talk = bench.talk
    talk.do(p.AddModel(source=str(tiny_model()), name="tiny"))
    base = talk.until(p.ModelAdded).base
    talk.do(p.UseModel(slug=base.slug))
    found = msgspec.json.decode((Path(base.path) / METADATA).read_bytes(), type=Libraries).versions
    named = ", ".join(f"{name} {found.get(name, 'unknown')}" for name in SHOWN)
    return f"{named}; on {talk.status().device}; {base.parameters:,} parameters loaded"


def preview(bench: Bench) -> str:
    """Reads the file that will be trained, as the model will see it."""
    job: Job = queued(bench)
    child = PreviewProcess(order_for(bench.home, job), bench.home)
    try:
        while True:
            child.wait(WAIT_SECONDS)
            for event in child.take():
                match event:
                    case NotReadable():
                        raise UserError(event.message, event.hint)
                    case Looked(preview=seen, last=True):
                        if not seen.complete or seen.tokens is None:
                            raise UserError(f"The preview counted no tokens: {seen.note}")
                        tokens = seen.tokens
                        return f"{seen.rows} rows, {tokens.tokens:,} tokens, {tokens.supervised:,} of them learned"
    finally:
        child.close()
