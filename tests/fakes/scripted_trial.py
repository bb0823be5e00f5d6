"""A real child process that speaks the trial's protocol: it looks whether the weights are there, and loads nothing.

A folder in which a file `trial-fails` lies does not load.
"""

import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from backend.protocol.trial import TrialEvent, TrialFailed, TrialOrder, Tried


def command() -> tuple[str, ...]:
    """For LocalLauncher."""
    return (sys.executable, str(Path(__file__).absolute()))


def tried(order: TrialOrder) -> TrialEvent:
    for folder, name in ((order.base, "model.safetensors"), (order.adapter, "adapter_model.safetensors")):
        if folder is not None and not (Path(folder) / name).is_file():
            return TrialFailed(message=f"{folder} has no {name}.", hint="Take another copy.")
        if folder is not None and (Path(folder) / "trial-fails").exists():
            return TrialFailed(message=f"{folder} does not load.", hint="Take another copy.")
    return Tried(answer=f"scripted: {order.question}", seconds=0.0)


def main() -> None:
    order = msgspec.json.decode(sys.stdin.readline(), type=TrialOrder)
    sys.stdout.write(msgspec.json.encode(tried(order)).decode() + "\n")


if __name__ == "__main__":
    main()
