"""A model asked for by its hub name is fetched over HTTP from a server on this machine that speaks the hub's API."""

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from huggingface_hub import constants

from backend.engine.models.library import import_model
from backend.errors import UserError

COMMIT = "c" * 40
NAME = "owner/tiny"


class Hub(http.server.ThreadingHTTPServer):
    """Serves one folder as the repository `owner/tiny`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.folder = folder
        self.sent: list[str] = []
        """Names of the files whose content was given away."""
        self.breaks_off = False
        """Whether a file's content ends in the middle."""


class Answer(http.server.BaseHTTPRequestHandler):
    """The three calls that a download makes: the model's revision, its tree, and its files."""

    server: Hub

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0])
        if path == f"/api/models/{NAME}/revision/main":
            self._json({"id": NAME, "modelId": NAME, "sha": COMMIT, "siblings": []})
        elif path == f"/api/models/{NAME}/tree/{COMMIT}":
            self._json([self._entry(file) for file in sorted(self.server.folder.iterdir())])
        elif path.startswith(f"/{NAME}/resolve/{COMMIT}/") and self._file(path).is_file():
            self._content(self._file(path))
        elif path.startswith("/api/models/gated/"):
            self._refuse(403, "GatedRepo")
        else:
            self._refuse(404, "RepoNotFound")

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Tests print nothing."""

    def _file(self, path: str) -> Path:
        return self.server.folder / path.rpartition("/")[2]

    def _entry(self, file: Path) -> dict[str, object]:
        return {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": self._tag(file)}

    def _tag(self, file: Path) -> str:
        return hashlib.sha256(file.read_bytes()).hexdigest()[:40]

    def _json(self, value: object) -> None:
        self._reply(json.dumps(value).encode(), {"Content-Type": "application/json"}, whole=True)

    def _content(self, file: Path) -> None:
        if self.command == "GET":
            self.server.sent.append(file.name)
        self._reply(file.read_bytes(), {"ETag": f'"{self._tag(file)}"', "X-Repo-Commit": COMMIT})

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _reply(self, content: bytes, headers: dict[str, str], whole: bool = False) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content if whole or not self.server.breaks_off else content[: len(content) // 2])


@pytest.fixture
def hub(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with the tiny model, some code and a pickle beside it."""
    folder = tmp_path / "hub"
    folder.mkdir()
    for file in tiny_model.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "modeling_own.py").write_text("raise SystemExit\n", encoding="utf-8")
    (folder / "pytorch_model.bin").write_bytes(b"pickle")
    with Hub(folder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()
        thread.join()


def silent(text: str, done: int, total: int) -> None:
    """Nobody watches."""


def test_a_model_is_fetched_by_its_name_and_only_what_may_come_in(hub: Hub, tiny_model: Path, tmp_path: Path) -> None:
    base = import_model(NAME, tmp_path / "library" / "kept", "tiny", "tiny", silent)
    assert (base.source, base.parameters) == (NAME, 30_880)
    weights = "model.safetensors"
    assert (Path(base.path) / weights).read_bytes() == (tiny_model / weights).read_bytes()
    assert weights in hub.sent
    assert {"modeling_own.py", "pytorch_model.bin"}.isdisjoint(hub.sent)
    assert [path.name for path in (tmp_path / "library").iterdir()] == ["kept"]
    assert constants.HF_HUB_OFFLINE


def test_a_repository_without_safetensors_is_refused(hub: Hub, tmp_path: Path) -> None:
    (hub.folder / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"model\.safetensors"):
        import_model(NAME, tmp_path / "library" / "kept", "tiny", "tiny", silent)
    assert list((tmp_path / "library").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"), [("owner/unknown", "knows no model"), ("gated/model", "accepted its terms")]
)
@pytest.mark.usefixtures("hub")
def test_a_name_that_the_hub_does_not_give_away_is_refused(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=words):
        import_model(name, tmp_path / "library" / "kept", "tiny", "tiny", silent)
    assert constants.HF_HUB_OFFLINE


def test_without_a_network_the_user_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(UserError, match="could not be downloaded"):
        import_model(NAME, tmp_path / "library" / "kept", "tiny", "tiny", silent)


def test_a_connection_that_breaks_off_is_told_and_the_next_try_goes_on(hub: Hub, tmp_path: Path) -> None:
    hub.breaks_off = True
    with pytest.raises(UserError, match="could not be downloaded"):
        import_model(NAME, tmp_path / "library" / "kept", "tiny", "tiny", silent)
    hub.breaks_off = False
    assert import_model(NAME, tmp_path / "library" / "kept", "tiny", "tiny", silent).parameters == 30_880
