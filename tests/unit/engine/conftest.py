"""A small real tokenizer: byte-level BPE trained on a few sentences, with any special tokens and chat template."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerBase

TEMPLATES = Path(__file__).parents[2] / "data" / "templates"
CORPUS = (
    "user system assistant tool model\n\nYou are a careful gardener. What is the capital of France?",
    "The capital is Paris.",
    "How many apples are on the tree? There are seven apples.\n\n#### 7",
    "<think>\n\n</think>\n\n Today Date: knowledge cutoff, channel final message",
)
WORDS = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
"""How Llama 3, Qwen and most newer models cut text before BPE."""
MakeTokenizer = Callable[[str, Sequence[str], str, str], PreTrainedTokenizerBase]


@pytest.fixture(scope="session")
def trained() -> str:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORDS), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=600, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    return tokenizer.to_str()


@pytest.fixture(scope="session")
def make_tokenizer(trained: str, tmp_path_factory: pytest.TempPathFactory) -> MakeTokenizer:
    """Args: template name, special tokens, bos, eos."""

    def make(template: str, special: Sequence[str], bos: str, eos: str) -> PreTrainedTokenizerBase:
        folder = tmp_path_factory.mktemp(template)
        tokenizer = Tokenizer.from_str(trained)
        tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
        tokenizer.save(str(folder / "tokenizer.json"))
        config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": bos, "eos_token": eos}
        (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
        shutil.copy(TEMPLATES / f"{template}.jinja", folder / "chat_template.jinja")
        loaded = AutoTokenizer.from_pretrained(folder)
        assert isinstance(loaded, PreTrainedTokenizerBase)
        return loaded

    return make
