"""Imports a model outside the test process: `python -m tests.makers.import_model SOURCE TARGET SLUG`."""

import sys
from pathlib import Path

from backend.engine.models.library import import_model

if __name__ == "__main__":
    source, target, slug = sys.argv[1:]
    import_model(source, Path(target), slug, slug, lambda text, done, total: None)
