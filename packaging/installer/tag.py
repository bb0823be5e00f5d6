"""Whether a release's tag names the version that is built: `python -m installer.tag v0.2.0` compares the two."""

import sys
import tomllib
from collections.abc import Sequence

from bootstrap.places import Places
from bootstrap.problem import Problem
from bootstrap.say import say


def require(tag: str, version: str) -> None:
    """Raises Problem where they differ."""
    if tag != f"v{version}":
        raise Problem(
            f"The tag is {tag}, and pyproject.toml says {version}.",
            f"Change the version first, or name the tag v{version}.",
        )


def main(arguments: Sequence[str]) -> int:
    (tag,) = arguments
    project = tomllib.loads(Places.here().pyproject.read_text(encoding="utf-8"))["project"]
    try:
        require(tag, project["version"])
    except Problem as problem:
        say(f"{problem.message}\n{problem.hint}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
