"""AdamW over the adapter's parameters, its state as named tensors."""

from collections.abc import Iterable

import torch

from backend.domain.job import JobSettings
from backend.errors import Damaged

KIND = "adamw"
BETAS = (0.9, 0.999)
PARTS = ("step", "exp_avg", "exp_avg_sq")


class Optimizer:
    """torch's AdamW with every state present from the start, so that a stored state is either complete or damaged."""

    def __init__(self, parameters: Iterable[tuple[str, torch.nn.Parameter]], settings: JobSettings) -> None:
        self._parameters = {name: parameter for name, parameter in parameters if parameter.requires_grad}
        self._max_norm = settings.max_grad_norm
        self._adamw = torch.optim.AdamW(
            self._parameters.values(),
            lr=0.0,
            betas=BETAS,
            weight_decay=settings.weight_decay,
            fused=_fused(self._parameters),
        )
        for parameter in self._parameters.values():
            place = parameter.device if self._adamw.defaults["fused"] else torch.device("cpu")
            self._adamw.state[parameter] = {
                "step": torch.zeros((), dtype=torch.float32, device=place),
                "exp_avg": torch.zeros_like(parameter),
                "exp_avg_sq": torch.zeros_like(parameter),
            }

    def clip(self) -> torch.Tensor:
        """Scale the gradients down to the largest allowed norm; returns the norm before."""
        return torch.nn.utils.clip_grad_norm_(self._parameters.values(), self._max_norm)

    def step(self, learning_rate: float) -> None:
        for group in self._adamw.param_groups:
            group["lr"] = learning_rate
        self._adamw.step()
        self.drop_gradients()

    def drop_gradients(self) -> None:
        self._adamw.zero_grad(set_to_none=True)

    def tensors(self) -> dict[str, torch.Tensor]:
        """The whole state by parameter name and part."""
        return {
            f"{name}.{part}": self._adamw.state[parameter][part]
            for name, parameter in self._parameters.items()
            for part in PARTS
        }

    def load(self, tensors: dict[str, torch.Tensor]) -> None:
        """Raises Damaged when a tensor is missing, superfluous or of another shape."""
        own = self.tensors()
        wrong = sorted(own.keys() ^ tensors.keys())
        wrong += sorted(name for name in own.keys() & tensors.keys() if own[name].shape != tensors[name].shape)
        if wrong:
            raise Damaged(
                f"The stored optimizer state does not fit the adapter: {wrong[0]}.", "Take the checkpoint before it."
            )
        for name, tensor in own.items():
            tensor.copy_(tensors[name])


def _fused(parameters: dict[str, torch.nn.Parameter]) -> bool:
    return all(parameter.device.type in ("cpu", "cuda") for parameter in parameters.values())
