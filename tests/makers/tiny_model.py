"""Makes a real, tiny chat model: a llama of 2 layers, a byte-level BPE tokenizer trained here; always the same bytes.

A program, so that the test process stays free of torch: `python -m tests.makers.tiny_model FOLDER LIBRARY_FOLDER`.
"""

import sys
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from backend.engine.models.library import import_model

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TEXT = [
    "system user assistant You are a helpful assistant.",
    "What is two plus three? Two plus three is five. How many apples are left? There are 12 apples left.",
    "Who are you? I am Espalier, a model that learns a little every day and never forgets what it was taught.",
    "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. #### 72",
]
CONTEXT = 512


def tokenizer() -> Any:
    """ChatML over a byte-level BPE of 384 tokens."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator(TEXT, trainer)
    made: Any = PreTrainedTokenizerFast
    made = made(tokenizer_object=core, bos_token=None, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    made.chat_template = TEMPLATE
    return made


def model(vocabulary: int, stop: int) -> Any:
    """A random llama of 2 layers in bfloat16, its head tied to the embedding as in the starter model."""
    torch.manual_seed(0)
    made: Any = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=stop,
            pad_token_id=0,
        )
    )
    return made.to(torch.bfloat16)


def make(folder: Path) -> None:
    """Save model and tokenizer as a Hugging Face folder."""
    words = tokenizer()
    model(len(words), words.convert_tokens_to_ids("<|im_end|>")).save_pretrained(folder)
    words.save_pretrained(folder)


if __name__ == "__main__":
    folder, library_folder = (Path(argument) for argument in sys.argv[1:])
    make(folder)
    import_model(folder, library_folder, "tiny", "tiny", lambda text, done, total: None)
