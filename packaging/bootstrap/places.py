"""Where the project and its virtual environment lie."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """One checkout of the project and one of its environments. Properties name places and make none."""

    root: Path
    environment: str = ".venv"
    """The folder of the virtual environment, below the root."""

    @classmethod
    def here(cls) -> "Places":
        return cls(Path(__file__).resolve().parents[2])

    @property
    def venv(self) -> Path:
        return self.root / self.environment

    @property
    def scripts(self) -> Path:
        return self.venv / ("Scripts" if sys.platform == "win32" else "bin")

    @property
    def python(self) -> Path:
        return self.scripts / ("python.exe" if sys.platform == "win32" else "python")

    @property
    def espalier(self) -> Path:
        return self.scripts / ("espalier.exe" if sys.platform == "win32" else "espalier")

    @property
    def stamp(self) -> Path:
        """What is installed, written when an installation has ended well."""
        return self.venv / "espalier-setup.json"

    @property
    def unfinished(self) -> Path:
        """Exists while the environment is being changed; left behind, it tells of an interrupted set-up."""
        return self.venv.with_name(f"{self.venv.name}-unfinished")

    @property
    def lock(self) -> Path:
        return self.venv.with_name(f"{self.venv.name}-lock")

    @property
    def pyproject(self) -> Path:
        return self.root / "pyproject.toml"

    @property
    def constraints(self) -> Path:
        return self.root / "packaging" / "constraints.txt"

    @property
    def bundle(self) -> Path:
        """What a build makes: the folder with the frozen program."""
        return self.results / "espalier"

    @property
    def results(self) -> Path:
        return self.root / "dist"

    @property
    def workshop(self) -> Path:
        """What a build needs on its way, and the next one may use again."""
        return self.root / "build"

    @property
    def licences(self) -> Path:
        """Texts of licences that packages name and do not carry."""
        return self.root / "packaging" / "licences"

    @property
    def system_libraries(self) -> Path:
        return self.root / "packaging" / "system-libraries.txt"

    @property
    def system_programs(self) -> Path:
        return self.root / "packaging" / "system-programs.txt"
