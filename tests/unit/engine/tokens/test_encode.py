"""Tokenising in pieces: what SentencePiece tokenizers put before a text, and models without a usable tokenizer."""

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from backend.datasets.decode import decode
from backend.domain.conversation import Conversation
from backend.domain.job import JobSettings
from backend.engine.tokens.encode import Encoder
from backend.engine.tokens.masks import Masker, RowTokens
from backend.errors import UserError


def spacing_tokenizer(folder: Path, scheme: str, eos: str | None = "</s>") -> PreTrainedTokenizerBase:
    """A Llama 2 like tokenizer: spaces become a sign that also begins a text; `<s>` is put before it."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=False)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(["The capital of France is Paris", " The answer\n user"] * 20, trainer)
    tokenizer.add_special_tokens(["<|end|>", "<|user|>", "<|assistant|>"])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": eos, "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    phi = Path(__file__).parents[3] / "data" / "templates" / "phi3.jinja"
    (folder / "chat_template.jinja").write_text(phi.read_text(encoding="utf-8"), encoding="utf-8")
    loaded = AutoTokenizer.from_pretrained(folder)
    assert isinstance(loaded, PreTrainedTokenizerBase)
    return loaded


def row(fields: object) -> Conversation:
    result = decode(1, json.dumps(fields).encode())
    assert isinstance(result, Conversation)
    return result


@pytest.mark.parametrize("scheme", ["first", "always", "never"])
def test_an_answer_gets_no_space_that_the_whole_text_has_not(tmp_path: Path, scheme: str) -> None:
    tokenizer = spacing_tokenizer(tmp_path, scheme)
    end = tokenizer.get_vocab()["<|end|>"]
    turns = [
        {"role": "user", "content": "The capital of France"},
        {"role": "assistant", "content": "The answer is Paris"},
    ]
    [result] = Masker(tokenizer, frozenset({end}), 512, JobSettings()).tokenise([row({"messages": turns})])
    assert isinstance(result, RowTokens)
    [(ids, mask)] = result.sequences
    whole = str(tokenizer.apply_chat_template(turns, tokenize=False))
    assert ids.tolist() == tokenizer(whole, add_special_tokens=False)["input_ids"]
    assert tokenizer.decode(ids[mask]) == "The answer is Paris<|end|>"


def test_a_text_row_begins_as_the_tokenizer_begins_texts(tmp_path: Path) -> None:
    tokenizer = spacing_tokenizer(tmp_path, "first")
    [result] = Masker(tokenizer, frozenset({2}), 512, JobSettings()).tokenise([row({"text": "The answer"})])
    assert isinstance(result, RowTokens)
    [(ids, mask)] = result.sequences
    assert ids.tolist() == [*tokenizer("The answer")["input_ids"], 2]
    assert ids[0] == tokenizer.bos_token_id
    assert mask.tolist() == [False] + [True] * (len(ids) - 1)


def test_the_tokenizers_own_stop_token_is_taken_where_the_model_names_none(tmp_path: Path) -> None:
    assert Encoder(spacing_tokenizer(tmp_path, "first"), frozenset()).stop_id == 2


def test_the_stop_token_that_is_appended_is_one_that_stops_the_model(tmp_path: Path) -> None:
    assert Encoder(spacing_tokenizer(tmp_path, "first"), frozenset({7, 9})).stop_id == 7


def test_a_model_without_any_stop_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="names no stop token"):
        Encoder(spacing_tokenizer(tmp_path, "first", eos=None), frozenset())
