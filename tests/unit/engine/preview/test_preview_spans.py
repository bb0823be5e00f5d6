"""Rows spelled out: every token once, with the mask that training uses, its text as the model sees it."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import PreTrainedTokenizerBase

from backend.datasets.decode import decode
from backend.domain.dataset import BadLine
from backend.domain.job import JobSettings
from backend.domain.preview import Span
from backend.engine.preview.spans import HEAD, SEQUENCES, TAIL, Speller
from backend.engine.tokens import prepare
from backend.engine.tokens.masks import Masker, RowTokens

Make = Callable[[str, Sequence[str], str, str], PreTrainedTokenizerBase]
CARDS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "data" / "templates" / "templates.json").read_text(encoding="utf-8")
)
SETTINGS = JobSettings(template_date="2001-02-03")
ROWS: tuple[dict[str, Any], ...] = (
    {"messages": [{"role": "user", "content": "Où est-ce ?"}, {"role": "assistant", "content": "À Paris 👨‍👩‍👧.\n\n"}]},
    {
        "messages": [
            {"role": "user", "content": "How many apples?"},
            {"role": "assistant", "content": "Seven apples."},
            {"role": "user", "content": "Sure?"},
            {"role": "assistant", "content": " Yes. "},
        ]
    },
    {"text": "The capital is Paris."},
)


@pytest.fixture(params=sorted(CARDS))
def card(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tokenizer(card: str, make_tokenizer: Make) -> PreTrainedTokenizerBase:
    found = CARDS[card]
    return make_tokenizer(card, found["special"], found.get("bos", found["special"][0]), found["stops"][0])


@pytest.fixture
def masker(tokenizer: PreTrainedTokenizerBase, card: str) -> Masker:
    return Masker(tokenizer, stops(tokenizer, card), 4096, SETTINGS)


def stops(tokenizer: PreTrainedTokenizerBase, card: str) -> frozenset[int]:
    found: Any = tokenizer.convert_tokens_to_ids(CARDS[card]["stops"])
    return frozenset(found)


def tokenised(masker: Masker, row: dict[str, Any]) -> RowTokens:
    conversation = decode(1, json.dumps(row).encode())
    assert not isinstance(conversation, BadLine), conversation
    [result] = masker.tokenise([conversation])
    assert isinstance(result, RowTokens), result
    return result


def flags(spans: Sequence[Span]) -> list[bool]:
    return [span.learned for span in spans for _ in range(span.tokens)]


def test_marks_are_those_that_training_uses(
    tokenizer: PreTrainedTokenizerBase, card: str, masker: Masker, tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    trained = prepare(path, sha, tokenizer, stops(tokenizer, card), 4096, SETTINGS, tmp_path / "cache")
    speller = Speller(tokenizer)
    for number, row in enumerate(ROWS):
        shown = speller.row(tokenised(masker, row))
        masks = [mask.tolist() for _, mask in trained.sequences(number)]
        assert [flags(spans) for spans in shown.sequences] == masks
        assert shown.supervised == sum(map(sum, masks))
        assert shown.tokens == sum(map(len, masks))


def test_the_texts_together_are_what_the_model_sees(tokenizer: PreTrainedTokenizerBase, masker: Masker) -> None:
    for row in ROWS:
        found = tokenised(masker, row)
        for (ids, _), spans in zip(found.sequences, Speller(tokenizer).row(found).sequences, strict=True):
            whole = tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
            assert "".join(span.text for span in spans) == whole


def test_what_is_learned_reads_as_the_answer_and_its_stop_token(
    tokenizer: PreTrainedTokenizerBase, masker: Masker
) -> None:
    shown = Speller(tokenizer).row(tokenised(masker, ROWS[1]))
    learned = ["".join(span.text for span in spans if span.learned) for spans in shown.sequences]
    assert "Seven apples." in learned[0]
    assert "Yes." in learned[-1]
    ends = [next(span for span in reversed(spans) if span.learned) for spans in shown.sequences]
    assert all(span.special for span in ends)


def test_the_middle_of_a_long_row_is_left_out_and_counted(make_tokenizer: Make) -> None:
    tokenizer = make_tokenizer("smollm2", CARDS["smollm2"]["special"], "<|im_start|>", "<|im_end|>")
    ids = np.array(tokenizer("one two three four " * 900)["input_ids"], dtype=np.int32)
    mask = np.arange(len(ids)) % 7 > 3
    spans = Speller(tokenizer).spans(ids, mask)
    [gap] = [place for place, span in enumerate(spans) if span.left_out]
    assert sum(span.tokens for span in spans) == len(ids)
    assert sum(span.tokens for span in spans[:gap]) == HEAD
    assert sum(span.tokens for span in spans[gap + 1 :]) == TAIL
    assert flags(spans[:gap]) == mask[:HEAD].tolist()
    assert flags(spans[gap + 1 :]) == mask[-TAIL:].tolist()


def test_of_many_sequences_the_first_are_shown(make_tokenizer: Make) -> None:
    tokenizer = make_tokenizer("smollm2", CARDS["smollm2"]["special"], "<|im_start|>", "<|im_end|>")
    ids, mask = np.array([5, 6], dtype=np.int32), np.array([False, True])
    shown = Speller(tokenizer).row(RowTokens(3, b"", ((ids, mask),) * (SEQUENCES + 4), cut=True))
    assert (len(shown.sequences), shown.more_sequences) == (SEQUENCES, 4)
    assert (shown.line, shown.tokens, shown.supervised, shown.cut) == (3, 2 * (SEQUENCES + 4), SEQUENCES + 4, True)


def test_a_character_torn_by_the_cut_is_shown_as_torn(make_tokenizer: Make) -> None:
    tokenizer = make_tokenizer("smollm2", CARDS["smollm2"]["special"], "<|im_start|>", "<|im_end|>")
    ids = np.array(tokenizer("ab👨")["input_ids"], dtype=np.int32)[:-1]
    spans = Speller(tokenizer).spans(ids, np.arange(len(ids)) >= len(ids) - 1)
    assert sum(span.tokens for span in spans) == len(ids)
    assert "".join(span.text for span in spans) == tokenizer.decode(ids) == "ab\N{REPLACEMENT CHARACTER}"
