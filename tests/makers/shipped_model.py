"""Makes the tiny model that ships for the self-check: `python -m tests.makers.shipped_model [FOLDER]`.

Needed again after a change of tiny_model.py or of transformers' version, which stands in the files.
"""

import shutil
import sys
from pathlib import Path

from backend import files
from tests.makers.tiny_model import make

PLACE = Path(__file__).parents[2] / "resources" / "tiny_model"
README = """# A model to try the program with

A llama of two layers with random weights and a tokenizer of 384 tokens: it knows nothing and never will.
`espalier --self-check` trains it, so that everything is seen working without the wait that a real model means.

Made by `python -m tests.makers.shipped_model`, always the same bytes; `sha256sum -c SHA256SUMS` checks them.
Under the licence of Espalier (Apache-2.0).
"""


def make_to_ship(folder: Path) -> None:
    """A Hugging Face folder with a README and the sums of its files, in the place of what was there."""
    if folder.exists():
        shutil.rmtree(folder)
    with files.staged(folder) as staging:
        make(staging)
        (staging / "README.md").write_bytes(README.encode())
        for path in staging.iterdir():
            path.chmod(0o644)


if __name__ == "__main__":
    make_to_ship(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
