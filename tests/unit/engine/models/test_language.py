"""Tokenizer, stop tokens and context read alone are those of the loaded model."""

import shutil
from pathlib import Path

import msgspec
import pytest

from backend.domain.head import Base
from backend.engine.models.language import load_language, longest, stop_ids
from backend.engine.models.load import LoadedModel
from backend.errors import Damaged


def test_it_is_what_the_loaded_model_has(tiny: LoadedModel, tiny_base: Base) -> None:
    found = load_language(tiny_base)
    assert (found.eos_ids, found.context) == (tiny.eos_ids, tiny.context)
    assert found.tokenizer.get_vocab() == tiny.tokenizer.get_vocab()
    assert found.tokenizer.chat_template == tiny.tokenizer.chat_template


def test_stop_tokens_are_found_where_no_generation_config_is(tiny: LoadedModel) -> None:
    tokenizer = tiny.tokenizer
    tiny.model.config.eos_token_id = 7
    assert stop_ids(None, tiny.model.config, tokenizer) == {7, tokenizer.eos_token_id}
    assert longest(tiny.model.config, tokenizer) == tiny.context


def test_a_tokenizer_that_is_no_json_is_one_clear_error(tiny_base: Base, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_base.path, copy)
    config = copy / "config.json"
    config.chmod(0o644)
    config.write_bytes(b"{" + b" " * (config.stat().st_size - 1))
    with pytest.raises(Damaged, match="cannot be read") as caught:
        load_language(msgspec.structs.replace(tiny_base, path=str(copy)))
    assert "add it again" in caught.value.hint
