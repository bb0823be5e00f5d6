"""What comes into the library is whole, sealed and was loaded once; what must not come in is refused with a reason."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file, save_file

from backend import files, starter
from backend.domain.head import Base
from backend.engine.models.library import import_model
from backend.errors import Damaged, UserError

Change = Callable[[Path], object]


def silent(text: str, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def source(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may spoil."""
    return Path(shutil.copytree(tiny_model, tmp_path / "source"))


def edit(path: Path, **fields: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | fields), encoding="utf-8")


def test_an_imported_folder_is_verified_sealed_and_described(source: Path, tmp_path: Path) -> None:
    (source / "README.md").write_text("not taken over", encoding="utf-8")
    told: list[tuple[int, int]] = []
    base = import_model(source, tmp_path / "kept", "mine", "My model", lambda _, *count: told.append(count))
    folder = Path(base.path)
    files.verify(folder, base.sha256)
    assert (base.slug, base.name, base.source) == ("mine", "My model", "source")
    assert (base.parameters, base.context) == (30_880, 512)
    assert not (folder / "README.md").exists()
    assert (folder / "model.safetensors").read_bytes() == (source / "model.safetensors").read_bytes()
    assert all(path.stat().st_mode & 0o222 == 0 for path in folder.iterdir())
    assert (base.bytes, base.bytes) in told
    card = msgspec.json.decode((folder / "metadata.json").read_bytes())
    assert (card["kind"], card["architecture"]) == ("base", "LlamaForCausalLM")


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs the sha256sum command")
def test_foreign_tools_verify_the_folder(tiny_base: Base) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", files.SUMS]
    checked = subprocess.run(command, cwd=tiny_base.path, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_importing_twice_gives_the_same_base(source: Path, tmp_path: Path) -> None:
    first = import_model(source, tmp_path / "kept", "mine", "mine", silent)
    shutil.rmtree(source)
    assert import_model(source, tmp_path / "kept", "mine", "mine", silent) == first


def test_a_damaged_target_is_not_taken_for_the_model(source: Path, tmp_path: Path) -> None:
    path = Path(import_model(source, tmp_path / "kept", "mine", "mine", silent).path) / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    with pytest.raises(Damaged, match=r"model\.safetensors"):
        import_model(source, tmp_path / "kept", "mine", "mine", silent)


def test_a_model_in_several_files_is_taken_whole(source: Path, tmp_path: Path) -> None:
    weights = load_file(source / "model.safetensors")
    (source / "model.safetensors").unlink()
    names = sorted(weights)
    places = {name: f"model-0000{1 + i % 2}-of-00002.safetensors" for i, name in enumerate(names)}
    for shard in set(places.values()):
        part = {name: weights[name] for name in names if places[name] == shard}
        save_file(part, source / shard, metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": places}
    (source / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    assert import_model(source, tmp_path / "kept", "mine", "mine", silent).parameters == 30_880


def _pickle_only(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _no_template(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()


def _cut_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def _not_finite(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"] *= torch.nan
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _escaping_index(folder: Path) -> None:
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": {"a": "../model.safetensors"}}), encoding="utf-8"
    )


def _adapter(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "adapter_config.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: edit(f / "config.json", auto_map={"AutoModel": "x.Y"}), "auto_map"),
        (lambda f: edit(f / "tokenizer_config.json", auto_map={"AutoTokenizer": ["x.Y", None]}), "auto_map"),
        (lambda f: (f / "modeling_x.py").write_text("", encoding="utf-8"), r"modeling_x\.py"),
        (_pickle_only, "pickle"),
        (lambda f: (f / "config.json").unlink(), r"config\.json is missing"),
        (lambda f: (f / "config.json").write_text("{", encoding="utf-8"), r"config\.json cannot be read"),
        (lambda f: (f / "model.safetensors").unlink(), r"model\.safetensors is missing"),
        (lambda f: (f / "tokenizer.json").unlink(), "tokenizer"),
        (_no_template, "chat template"),
        (_cut_weights, "cannot be loaded"),
        (_not_finite, "not finite"),
        (_escaping_index, "outside its folder"),
        (_adapter, "adapter"),
        (lambda f: edit(f / "config.json", quantization_config={"quant_method": "gptq"}), "gptq"),
        (lambda f: edit(f / "config.json", model_type="no-such-type"), "cannot be loaded"),
        (lambda f: edit(f / "config.json", num_hidden_layers=3), "lack model.layers.2"),
    ],
)
def test_a_folder_that_must_not_come_in_is_refused_with_a_reason(
    source: Path, tmp_path: Path, change: Change, words: str
) -> None:
    change(source)
    with pytest.raises(UserError, match=words) as refused:
        import_model(source, tmp_path / "library" / "kept", "mine", "mine", silent)
    assert refused.value.hint
    assert list((tmp_path / "library").glob("*")) == []


def test_a_missing_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no model at"):
        import_model(tmp_path / "nowhere", tmp_path / "kept", "mine", "mine", silent)


def test_the_starter_came_out_of_its_gguf_file_whole(starter_base: Base) -> None:
    card = msgspec.json.decode((Path(starter_base.path) / "metadata.json").read_bytes())
    assert card["format"] == "gguf"
    assert (starter_base.parameters, starter_base.context) == (134_515_008, 8192)
    config = msgspec.json.decode((Path(starter_base.path) / "config.json").read_bytes())
    assert config["dtype"] == "bfloat16"
    assert "quantization_config" not in config


def test_a_gguf_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    with starter.find_gguf().open("rb") as stream:
        cut.write_bytes(stream.read(20_000_000))
    with pytest.raises(UserError, match=r"cut\.gguf"):
        import_model(cut, tmp_path / "kept", "mine", "mine", silent)


@pytest.mark.parametrize("content", [b"GGUF", b"GGUF" + b"\xff" * 100, b"not a model"])
def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.gguf").write_bytes(content)
    with pytest.raises(UserError, match=r"odd\.gguf"):
        import_model(tmp_path / "odd.gguf", tmp_path / "kept", "mine", "mine", silent)


def test_a_folder_with_several_gguf_files_asks_which(tmp_path: Path) -> None:
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(b"GGUF")
    with pytest.raises(UserError, match="2 GGUF files"):
        import_model(tmp_path, tmp_path / "library" / "kept", "mine", "mine", silent)
