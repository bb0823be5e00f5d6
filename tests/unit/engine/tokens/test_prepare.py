"""The token cache: made once, mapped from disk, keyed by all that shapes it, rebuilt when damaged; held-out rows."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import PreTrainedTokenizerBase

from backend.domain.job import JobSettings
from backend.engine.tokens import TokenSet, prepare, split_heldout
from backend.errors import Damaged, UserError

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
LLAMA = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
Make = Callable[[str, Sequence[str], str, str], PreTrainedTokenizerBase]
Prepare = Callable[..., TokenSet]


def row(number: object) -> str:
    turns = [{"role": "user", "content": f"q{number}"}, {"role": "assistant", "content": f"a{number}"}]
    return json.dumps({"messages": turns})


@pytest.fixture
def tokenizer(make_tokenizer: Make) -> PreTrainedTokenizerBase:
    return make_tokenizer("smollm2", SPECIAL, "<|im_start|>", "<|im_end|>")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def prepared(tmp_path: Path, cache: Path, tokenizer: PreTrainedTokenizerBase) -> Prepare:
    def run(lines: Sequence[str], settings: JobSettings | None = None, **given: Any) -> TokenSet:
        path = tmp_path / "rows.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")
        use = given.pop("tokenizer", tokenizer)
        eos = frozenset({use.eos_token_id})
        context = given.pop("context", 512)
        sha = given.pop("sha", hashlib.sha256(path.read_bytes()).hexdigest())
        return prepare(path, sha, use, eos, context, settings or JobSettings(), cache, **given)

    return run


def learned(tokens: TokenSet, number: int, tokenizer: PreTrainedTokenizerBase) -> str:
    return "".join(str(tokenizer.decode(ids[mask])) for ids, mask in tokens.sequences(number))


def test_rows_keep_their_line_content_and_mask(prepared: Prepare, tokenizer: PreTrainedTokenizerBase) -> None:
    tokens = prepared([row(1), "broken", "", row(2), row(1)])
    assert tokens.rows == 3
    assert tokens.row_lines.tolist() == [1, 4, 5]
    assert [learned(tokens, n, tokenizer) for n in range(3)] == ["a1<|im_end|>", "a2<|im_end|>", "a1<|im_end|>"]
    assert tokens.row_hash(0) == tokens.row_hash(2) != tokens.row_hash(1)
    assert tokens.lengths.tolist() == [sum(len(ids) for ids, _ in tokens.sequences(n)) for n in range(3)]
    assert tokens.counts.tokens == tokens.lengths.sum()
    assert tokens.counts.supervised == sum(int(mask.sum()) for n in range(3) for _, mask in tokens.sequences(n))
    assert (tokens.counts.refused, [bad.line for bad in tokens.bad]) == (1, [2])


def test_a_row_of_several_sequences_stays_one_row(prepared: Prepare, make_tokenizer: Make) -> None:
    rewriting = make_tokenizer("qwen3", SPECIAL, "<|im_start|>", "<|im_end|>")
    turns = [{"role": role, "content": f"{role} {n}"} for n in range(3) for role in ("user", "assistant")]
    tokens = prepared([row(1), json.dumps({"messages": turns}), row(2)], tokenizer=rewriting)
    assert [len(tokens.sequences(n)) for n in range(3)] == [1, 3, 1]
    assert learned(tokens, 2, rewriting).endswith("a2<|im_end|>")
    assert tokens.lengths.tolist() == [sum(len(ids) for ids, _ in tokens.sequences(n)) for n in range(3)]


def test_long_rows_are_refused_or_cut_and_counted(prepared: Prepare) -> None:
    lines = [row(1), row("long " * 100)]
    refusing = prepared(lines, JobSettings(max_length=128))
    assert (refusing.rows, refusing.counts.refused, refusing.counts.cut) == (1, 1, 0)
    assert "cut_long_rows" in refusing.bad[0].remedy
    cutting = prepared([row(1), json.dumps({"text": "long " * 100})], JobSettings(max_length=128, cut_long_rows=True))
    assert (cutting.rows, cutting.counts.refused, cutting.counts.cut) == (2, 0, 1)


def test_the_second_time_comes_from_the_cache(
    prepared: Prepare, cache: Path, tmp_path: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    first = prepared([row(1), row(2)])
    sha = hashlib.sha256(f"{row(1)}\n{row(2)}".encode()).hexdigest()
    gone = tmp_path / "gone.jsonl"  # nothing reads the dataset again
    second = prepare(gone, sha, tokenizer, frozenset({int(str(tokenizer.eos_token_id))}), 512, JobSettings(), cache)
    assert second.fingerprint == first.fingerprint
    assert second.row_lines.tolist() == [1, 2]


@pytest.mark.parametrize(
    "given",
    [
        {"lines": [row(2)]},
        {"context": 100},
        {"settings": JobSettings(max_length=100)},
        {"settings": JobSettings(cut_long_rows=True)},
        {"settings": JobSettings(allow_special_tokens=True)},
        {"template": "qwen2_5"},
        {"special": (*SPECIAL, "<|extra|>")},
    ],
    ids=str,
)
def test_what_shapes_the_tokens_has_its_own_cache(
    prepared: Prepare, cache: Path, make_tokenizer: Make, given: dict[str, Any]
) -> None:
    prepared([row(1)])
    if "template" in given or "special" in given:
        special = given.pop("special", SPECIAL)
        given["tokenizer"] = make_tokenizer(given.pop("template", "smollm2"), special, "<|im_start|>", "<|im_end|>")
    prepared(given.pop("lines", [row(1)]), **given)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize(
    "settings",
    [
        JobSettings(learning_rate=0.1),
        JobSettings(seed=3),
        JobSettings(max_length=9999),
        JobSettings(template_date="2001-02-03"),
    ],
)
def test_what_does_not_shape_the_tokens_shares_the_cache(prepared: Prepare, cache: Path, settings: JobSettings) -> None:
    prepared([row(1)])
    prepared([row(1)], settings)
    assert len(list(cache.iterdir())) == 1


def test_where_the_template_prints_a_date_it_shapes_the_tokens(prepared: Prepare, make_tokenizer: Make) -> None:
    dated = make_tokenizer("llama3_2", LLAMA, LLAMA[0], LLAMA[-1])
    texts = []
    for day in ("2001-02-03", "2024-12-31"):
        tokens = prepared([row(1)], JobSettings(template_date=day), tokenizer=dated)
        texts.append(str(dated.decode(tokens.sequences(0)[0][0])))
    assert "03 Feb 2001" in texts[0]
    assert "31 Dec 2024" in texts[1]
    again = prepared([row(1)], JobSettings(template_date="2001-02-03"), tokenizer=dated)
    assert "03 Feb 2001" in str(dated.decode(again.sequences(0)[0][0]))


def test_the_fingerprint_tells_other_tokens_apart(prepared: Prepare) -> None:
    one, other = prepared([row(1)]), prepared([row(2)])
    assert one.fingerprint != other.fingerprint
    assert prepared([row(1), ""]).fingerprint == one.fingerprint


@pytest.mark.parametrize("name", ["ids.bin", "mask.bin", "row_lines.bin", "metadata.json", "SHA256SUMS"])
@pytest.mark.parametrize("damage", ["missing", "shorter", "changed"])
def test_a_damaged_cache_is_found_and_made_anew(prepared: Prepare, cache: Path, name: str, damage: str) -> None:
    before = prepared([row(1), row(2)]).fingerprint
    [folder] = cache.iterdir()
    path = folder / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(content[:-2] if damage == "shorter" else bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(Damaged):
        TokenSet(folder)
    after = prepared([row(1), row(2)])
    assert after.fingerprint == before
    assert path.read_bytes() == content


def test_a_half_made_cache_is_never_taken_for_a_whole_one(
    prepared: Prepare, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("backend.files.sync_file", fail)
        with pytest.raises(OSError, match="Input/output"):
            prepared([row(1)])
    assert list(cache.iterdir()) == []
    assert prepared([row(1)]).rows == 1


def test_a_file_without_a_trainable_row_says_the_first_reason_and_leaves_nothing(
    prepared: Prepare, cache: Path
) -> None:
    with pytest.raises(UserError, match=r"\(line 1\): It has many more than the 8 tokens that fit") as raised:
        prepared([row(1), row(2)], JobSettings(max_length=8))
    assert "max_length" in raised.value.hint
    assert list(cache.iterdir()) == []


def test_progress_ends_at_the_size_of_the_file(prepared: Prepare) -> None:
    told: list[tuple[int, int]] = []
    prepared([row(n) for n in range(600)], progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1][0] == told[-1][1]


def test_a_tokenset_is_read_only(prepared: Prepare) -> None:
    ids, mask = prepared([row(1)]).sequences(0)[0]
    assert ids.dtype == np.int32
    assert mask.dtype == np.bool_
    assert not ids.flags.writeable
    assert not mask.flags.writeable


def test_below_twenty_rows_none_is_held_out(prepared: Prepare) -> None:
    train, held = split_heldout(prepared([row(n) for n in range(19)]), JobSettings())
    assert (train.tolist(), held.tolist()) == (list(range(19)), [])


def test_five_percent_are_held_out_by_content_whatever_the_order(prepared: Prepare) -> None:
    lines = [row(n) for n in range(60)]
    tokens, turned = prepared(lines), prepared(lines[::-1])
    train, held = split_heldout(tokens, JobSettings())
    assert len(held) == 3
    assert sorted([*train, *held]) == list(range(60))
    _, held_turned = split_heldout(turned, JobSettings())
    assert {tokens.row_hash(n) for n in held} == {turned.row_hash(n) for n in held_turned}


def test_the_number_held_out_is_bounded(prepared: Prepare) -> None:
    tokens = prepared([row(n) for n in range(60)])
    assert len(split_heldout(tokens, JobSettings(heldout_most=2))[1]) == 2
    assert len(split_heldout(tokens, JobSettings(heldout_share=0))[1]) == 0


def test_rows_of_equal_content_go_to_one_side(prepared: Prepare) -> None:
    tokens = prepared([row(n % 30) for n in range(60)])
    train, held = split_heldout(tokens, JobSettings(heldout_share=0.2))
    assert len(held) == 12
    assert {tokens.row_hash(n) for n in train} & {tokens.row_hash(n) for n in held} == set()


def test_content_that_fills_the_file_is_trained(prepared: Prepare) -> None:
    train, held = split_heldout(prepared([row(1)] * 40), JobSettings())
    assert (len(train), len(held)) == (40, 0)


def test_two_processes_may_make_the_same_cache(prepared: Prepare, cache: Path) -> None:
    lines = [row(1), row(2)]
    other = prepared(lines)
    [folder] = cache.iterdir()
    aside = folder.rename(cache.with_name("aside"))

    def overtaken(done: int, total: int) -> None:
        if done == total and aside.exists():
            aside.rename(folder)  # the other one is ready first

    assert prepared(lines, progress=overtaken).fingerprint == other.fingerprint
    assert [path.name for path in cache.iterdir()] == [folder.name]
    assert not aside.exists()


def test_a_stored_copy_that_changed_or_went_is_noticed(
    prepared: Prepare, cache: Path, tmp_path: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    with pytest.raises(Damaged, match="is not the file that was queued"):
        prepared([row(1)], sha=hashlib.sha256(row(2).encode()).hexdigest())
    with pytest.raises(Damaged, match="is gone"):
        prepare(tmp_path / "gone.jsonl", "0" * 64, tokenizer, frozenset({2}), 512, JobSettings(), cache)
    assert list(cache.iterdir()) == []


def test_a_file_that_ends_in_something_else_is_hashed_whole(prepared: Prepare) -> None:
    tokens = prepared([f"[{row(1)}] and then", *["no rows"] * 400_000])
    assert (tokens.rows, tokens.counts.refused) == (1, 1)


def test_two_rows_of_one_text_in_several_batches_keep_their_order(prepared: Prepare) -> None:
    tokens = prepared([row(n // 2) for n in range(600)])
    assert tokens.row_lines.tolist() == list(range(1, 601))
    assert all(tokens.row_hash(n) == tokens.row_hash(n + 1) for n in range(0, 600, 2))
