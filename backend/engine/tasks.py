"""What the engine does besides training: answer conversations, import a model."""

from pathlib import Path

import msgspec

from backend import files
from backend.domain.head import AdapterSettings
from backend.engine.device import Device
from backend.engine.models import adapter, generate, library
from backend.engine.reporter import Outlet
from backend.engine.resident import Resident
from backend.errors import Damaged
from backend.protocol.engine import Activity, Answered, Ask, ImportModel, ModelImported


class AdapterShape(msgspec.Struct, frozen=True):
    """What adapter_config.json says of the adapter's shape; targets are the layers that it was resolved to."""

    r: int
    lora_alpha: float
    target_modules: tuple[str, ...]


def answer(command: Ask, device: Device, resident: Resident, reporter: Outlet) -> None:
    """Answer with the adapter on the base where there is one.

    Raises:
        UserError: base or adapter is damaged, or a conversation does not fit the model.
    """
    if command.adapter_from is not None:
        files.verify(Path(command.adapter_from))
    reporter.send(Activity(text=f"loading {command.base.name or command.base.slug}"))
    loaded = resident.base(command.base, device)
    model = None
    if command.adapter_from is not None:
        folder = Path(command.adapter_from)
        model = adapter.attach(loaded.model, shape_of(folder), 0.0, 0, device.torch)
    try:
        if model is not None:
            adapter.load_weights(model, folder)
        reporter.send(Activity(text="answering"))
        answers = generate.answer(
            model or loaded.model,
            loaded.tokenizer,
            loaded.eos_ids,
            command.conversations,
            command.max_new_tokens,
            context=loaded.context,
        )
    finally:
        if model is not None:
            adapter.detach(model)
    reporter.send(Answered(answers=tuple(answers)))


def import_model(command: ImportModel, reporter: Outlet) -> None:
    """Raises UserError when the model cannot be taken."""

    def progress(text: str, done: int, total: int) -> None:
        reporter.send(Activity(text=text, done=done, total=total))

    base = library.import_model(command.source, Path(command.target), command.slug, command.name, progress)
    reporter.send(ModelImported(base=base))


def shape_of(folder: Path) -> AdapterSettings:
    """Shape of the adapter in a folder that PEFT reads; raises Damaged."""
    path = folder / adapter.CONFIG
    try:
        shape = msgspec.json.decode(path.read_bytes(), type=AdapterShape)
    except (OSError, msgspec.DecodeError) as error:
        raise Damaged(f"{path} cannot be read: {error}.", "Take the checkpoint before it.") from error
    return AdapterSettings(r=shape.r, alpha=shape.lora_alpha, targets=shape.target_modules)
