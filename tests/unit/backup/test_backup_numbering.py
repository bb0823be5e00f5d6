"""A version's backup under a new number: what a killed host left is read back before it counts."""

from pathlib import Path

from backend import files
from backend.backup.numbering import bring_as_new
from backend.operations.work import Progress
from backend.paths import Home
from backend.versions import folder as places
from tests.fakes.version_host import spoil
from tests.makers.version_rows import version


def test_what_a_killed_host_left_is_read_back_before_it_is_taken(tmp_path: Path) -> None:
    home, source = Home(tmp_path / "home"), tmp_path / "content"
    home.create()
    hashes: dict[str, str] = {}
    with files.staged(source, hashes=hashes) as staging:
        files.write(staging / "model.safetensors", b"weights" * 100)
        hashes |= places.write_card(staging, version(1).card)
    first = bring_as_new(home, source, "v001_20260301_000000", 2, Progress())
    assert bring_as_new(home, source, "v001_20260301_000000", 2, Progress()).sums_sha256 == first.sums_sha256
    spoil(home.root / first.path / "model.safetensors")
    again = bring_as_new(home, source, "v001_20260301_000000", 2, Progress())
    assert [places.number_of(path.name) for path in places.all_in(home.versions)] == [2]
    places.verify(home.root / again.path, again.sums_sha256)
