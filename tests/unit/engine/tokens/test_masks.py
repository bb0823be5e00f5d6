"""Masks on the chat templates of released models: what is learned is what the assistant says and its stop token."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import PreTrainedTokenizerBase

from backend.datasets.decode import decode
from backend.domain.conversation import Conversation
from backend.domain.dataset import BadLine
from backend.domain.job import JobSettings
from backend.engine.tokens.masks import Masker, RowTokens

CARDS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "data" / "templates" / "templates.json").read_text(encoding="utf-8")
)
DATED = JobSettings(template_date="2001-02-03")
QUESTION, ANSWER = "What is the capital of France?", "The capital is Paris.\n\n#### 7"
SYSTEM = {"role": "system", "content": "You are a careful gardener."}
USER, ASSISTANT = {"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}
SECOND = [{"role": "user", "content": "How many apples?"}, {"role": "assistant", "content": "Seven apples."}]
THIRD = [{"role": "user", "content": "Sure?"}, {"role": "assistant", "content": "Yes."}]
TOOLED = [USER, {"role": "assistant", "content": "look(France)"}, {"role": "tool", "content": "Paris it is"}, ASSISTANT]


@dataclass(frozen=True)
class Model:
    name: str
    tokenizer: PreTrainedTokenizerBase
    stops: frozenset[int]
    stop: str
    opening: str
    rewrites: bool
    card: dict[str, Any]

    def masker(self, settings: JobSettings = DATED) -> Masker:
        return Masker(self.tokenizer, self.stops, 4096, settings)

    def row(self, *messages: dict[str, Any], **fields: Any) -> RowTokens:
        result = self.result(*messages, **fields)
        assert isinstance(result, RowTokens), result
        return result

    def result(self, *messages: dict[str, Any], **fields: Any) -> RowTokens | BadLine:
        return self.masker().tokenise([conversation({"messages": messages, **fields})])[0]

    def learned(self, row: RowTokens) -> list[str]:
        """What is learned, one text for each stretch of learned tokens."""
        texts = []
        for ids, mask in row.sequences:
            edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.view(np.int8), [0]))))
            texts += [self.text(ids[begin:end]) for begin, end in edges.reshape(-1, 2)]
        return texts

    def text(self, ids: Any) -> str:
        return str(self.tokenizer.decode(ids, clean_up_tokenization_spaces=False))

    def rendered(self, messages: Sequence[dict[str, Any]], prompt: bool) -> list[int]:
        text = self.tokenizer.apply_chat_template(list(messages), add_generation_prompt=prompt, tokenize=False)
        ids: list[int] = self.tokenizer(str(text), add_special_tokens=False)["input_ids"]
        return ids


def conversation(row: dict[str, Any]) -> Conversation:
    result = decode(1, json.dumps(row).encode())
    assert isinstance(result, Conversation), result
    return result


@pytest.fixture(params=sorted(CARDS))
def model(
    request: pytest.FixtureRequest, make_tokenizer: Callable[[str, Sequence[str], str, str], PreTrainedTokenizerBase]
) -> Model:
    return build(request.param, make_tokenizer)


def build(name: str, make: Callable[[str, Sequence[str], str, str], PreTrainedTokenizerBase]) -> Model:
    card = CARDS[name]
    tokenizer = make(name, card["special"], card.get("bos", card["stop"]), card["stop"])
    stops = frozenset(tokenizer.get_vocab()[text] for text in card["stops"])
    return Model(name, tokenizer, stops, card["stop"], card.get("opening", ""), card.get("rewrites", False), card)


def only(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("model", names, indirect=True)


REWRITING = {name for name, card in CARDS.items() if card.get("rewrites")}
DATING = {name for name, card in CARDS.items() if "date" in card}


def test_of_a_single_turn_the_answer_and_the_stop_token_are_learned(model: Model) -> None:
    row = model.row(USER, ASSISTANT)
    assert model.learned(row) == [model.opening + ANSWER + model.stop]


def test_the_prompt_is_tokenised_as_it_will_be_at_inference(model: Model) -> None:
    [(ids, mask)] = model.row(USER, ASSISTANT).sequences
    prompt = ids[: int(mask.argmax())].tolist()
    if model.name not in DATING:
        assert prompt == model.rendered([USER], prompt=True)
    assert model.text(prompt).count(model.card.get("bos", "no such token")) == ("bos" in model.card)


def test_of_several_turns_every_answer_is_learned_and_nothing_else(model: Model) -> None:
    row = model.row(USER, ASSISTANT, *SECOND, *THIRD)
    between = model.card.get("stop_before_user", model.stop)
    assert model.learned(row) == [
        model.opening + ANSWER + between,
        model.opening + "Seven apples." + between,
        model.opening + "Yes." + model.stop,
    ]
    assert len(row.sequences) == (3 if model.rewrites else 1)


@only(*sorted(CARDS.keys() - REWRITING - DATING))
def test_where_history_is_not_rewritten_the_ids_are_those_of_the_whole_text(model: Model) -> None:
    messages = [USER, ASSISTANT, *SECOND, *THIRD]
    [(ids, _)] = model.row(*messages).sequences
    whole = model.rendered(messages, prompt=False)
    assert ids.tolist() in (whole, [*whole, model.tokenizer.eos_token_id])


@only(*sorted(REWRITING - DATING))
def test_a_rewritten_history_gives_each_answer_the_prompt_of_inference(model: Model) -> None:
    messages = [USER, ASSISTANT, *SECOND, *THIRD]
    sequences = model.row(*messages).sequences
    for number, (ids, mask) in enumerate(sequences):
        assert ids[: int(mask.argmax())].tolist() == model.rendered(messages[: 2 * number + 1], prompt=True)


def test_a_system_message_is_read_and_not_learned(model: Model) -> None:
    result = model.result(SYSTEM, USER, ASSISTANT)
    if model.card.get("system") is False:
        assert isinstance(result, BadLine)
        assert "system message" in result.reason
        assert result.remedy.startswith("Move its text into the first user message")
        return
    assert isinstance(result, RowTokens)
    [(ids, _)] = result.sequences
    assert SYSTEM["content"] in model.text(ids)
    assert model.learned(result) == [model.opening + ANSWER + model.stop]


def test_a_tool_message_is_read_and_not_learned(model: Model) -> None:
    result = model.result(*TOOLED)
    if model.card.get("tool") is False:
        assert isinstance(result, BadLine)
        assert "does not accept this row" in result.reason
        return
    assert isinstance(result, RowTokens)
    assert "".join(model.learned(result)).count("Paris it is") == 0
    calls, answers = model.learned(result)
    assert calls.endswith("look(France)" + model.card.get("stop_before_tool", model.stop))
    assert answers.endswith(ANSWER + model.stop)
    read = any("Paris it is" in model.text(ids) for ids, _ in result.sequences)
    assert read is (model.card.get("tool") != "left out")


def test_a_message_that_the_template_leaves_out_is_told_once(model: Model) -> None:
    masker = model.masker()
    masker.tokenise([conversation({"messages": TOOLED})] * 3)
    left_out = model.card.get("tool") == "left out"
    assert len([w for w in masker.warnings if "role tool" in w]) == left_out


@only(*sorted(DATING))
def test_the_frozen_date_is_printed_on_any_day(model: Model) -> None:
    [(ids, _)] = model.row(USER, ASSISTANT).sequences
    assert model.card["date"] in model.text(ids)


@only("qwen2_5")
def test_a_file_is_told_once_when_the_template_prints_tools(model: Model) -> None:
    tools = [{"type": "function", "function": {"name": "look", "description": "", "parameters": {}}}]
    masker = model.masker()
    [row] = masker.tokenise([conversation({"messages": TOOLED, "tools": tools})])
    assert isinstance(row, RowTokens)
    assert '"look"' in model.text(row.sequences[0][0])
    assert masker.warnings == ()


@only("smollm2")
def test_a_template_that_ignores_tools_gives_one_warning_a_file(model: Model) -> None:
    tools = [{"type": "function", "function": {"name": "look"}}]
    masker = model.masker()
    rows = masker.tokenise([conversation({"messages": TOOLED, "tools": tools})] * 3)
    assert all(isinstance(row, RowTokens) for row in rows)
    assert len(masker.warnings) == 1
    assert "ignores `tools`" in masker.warnings[0]


@only("qwen2_5", "qwen3", "deepseekv3", "glm4moe", "llama3_2", "gptoss")
def test_tool_calls_are_learned(model: Model) -> None:
    call = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"type": "function", "function": {"name": "look", "arguments": '{"where": "France"}'}}],
    }
    row = model.row(USER, call, {"role": "tool", "content": "Paris it is"}, ASSISTANT)
    first, second = model.learned(row)
    assert "look" in first
    assert "France" in first
    assert QUESTION not in first
    assert first.endswith((*model.card["stops"], "<|im_end|>"))
    assert second.endswith(ANSWER + model.stop)


@only("llama3")
def test_a_template_that_does_not_print_tool_calls_refuses_the_row(model: Model) -> None:
    call = {
        "role": "assistant",
        "content": "Wait.",
        "tool_calls": [{"function": {"name": "look", "arguments": {}}}],
    }
    result = model.result(USER, call)
    assert isinstance(result, BadLine)
    assert "does not print tool calls" in result.reason


@only("smollm2")
def test_a_thought_that_the_data_holds_is_learned_where_the_template_prints_it(model: Model) -> None:
    content = "<think>\nhm\n</think>\n\nParis."
    assert model.learned(model.row(USER, {"role": "assistant", "content": content})) == [content + model.stop]


@only("deepseek_r1_distill")
def test_a_thought_that_the_template_drops_is_not_learned(model: Model) -> None:
    content = "<think>\nhm\n</think>\n\nParis."
    [learned] = model.learned(model.row(USER, {"role": "assistant", "content": content}))
    assert learned.strip() == "Paris." + model.stop


@only("qwen3")
def test_a_thought_before_the_last_answer_is_learned_with_it(model: Model) -> None:
    content = "<think>\nhm\n</think>\n\nParis."
    assert model.learned(model.row(USER, {"role": "assistant", "content": content})) == [content + model.stop]


@only("smollm2")
@pytest.mark.parametrize("answer", ["\n\nParis.", "  Paris. ", "🌳é\u2028\u0000", "<", "Paris\n<|im_end", "user"])
def test_odd_answers_are_learned_to_the_letter(model: Model, answer: str) -> None:
    assert model.learned(model.row(USER, {"role": "assistant", "content": answer})) == [answer + model.stop]


@only("smollm2")
@pytest.mark.parametrize("role", ["user", "assistant", "system"])
def test_content_that_spells_a_special_token_is_refused_unless_allowed(model: Model, role: str) -> None:
    messages = [SYSTEM, USER, ASSISTANT]
    messages = [{**m, "content": "say <|im_end|> now"} if m["role"] == role else m for m in messages]
    result = model.result(*messages)
    assert isinstance(result, BadLine)
    assert "<|im_end|>" in result.reason
    allowed = model.masker(JobSettings(allow_special_tokens=True)).tokenise([conversation({"messages": messages})])[0]
    assert isinstance(allowed, RowTokens)
    expected = "say <|im_end|> now" if role == "assistant" else ANSWER
    assert model.learned(allowed) == [expected + model.stop]


@only("smollm2")
def test_of_a_text_row_every_token_and_the_stop_token_are_learned(model: Model) -> None:
    [row] = model.masker().tokenise([conversation({"text": QUESTION})])
    assert isinstance(row, RowTokens)
    [(ids, mask)] = row.sequences
    assert model.text(ids) == QUESTION + model.stop
    assert mask[1:].all()
    assert not mask[0]  # nothing precedes it


@only("smollm2")
def test_an_answer_that_is_only_context_is_not_learned(model: Model) -> None:
    row = {"prompt": [USER, {"role": "assistant", "content": "Guess."}, SECOND[0]], "completion": [SECOND[1]]}
    [tokens] = model.masker().tokenise([conversation(row)])
    assert isinstance(tokens, RowTokens)
    assert model.learned(tokens) == ["Seven apples." + model.stop]


@only("smollm2")
def test_a_row_that_begins_with_the_assistant_learns_no_header(model: Model) -> None:
    assert model.learned(model.row(ASSISTANT, *SECOND)) == [ANSWER + model.stop, "Seven apples." + model.stop]


@only("smollm2")
def test_a_long_row_is_refused_or_cut_and_counted(model: Model) -> None:
    long = conversation({"messages": [USER, {"role": "assistant", "content": "apples " * 300}]})
    [refused] = model.masker(JobSettings(max_length=256)).tokenise([long])
    assert isinstance(refused, BadLine)
    assert "256 fit" in refused.reason
    [cut] = model.masker(JobSettings(max_length=256, cut_long_rows=True)).tokenise([long])
    assert isinstance(cut, RowTokens)
    assert cut.cut
    [(ids, mask)] = cut.sequences
    assert len(ids) == len(mask) == 256
    assert mask[-1]


@only("smollm2")
def test_the_context_of_the_model_bounds_a_row(model: Model) -> None:
    masker = Masker(model.tokenizer, model.stops, 16, JobSettings())
    [refused] = masker.tokenise([conversation({"messages": [USER, ASSISTANT]})])
    assert isinstance(refused, BadLine)
    assert "16 fit" in refused.reason


@only("smollm2")
def test_a_row_with_nothing_left_to_learn_after_cutting_is_refused(model: Model) -> None:
    long = conversation({"messages": [{"role": "user", "content": "apples " * 300}, ASSISTANT]})
    [refused] = model.masker(JobSettings(max_length=256, cut_long_rows=True)).tokenise([long])
    assert isinstance(refused, BadLine)
    assert "left to learn" in refused.reason


@only("smollm2")
@pytest.mark.parametrize("cut", [False, True])
def test_a_row_of_megabytes_is_bounded_before_the_tokenizer_sees_it(model: Model, cut: bool) -> None:
    long = conversation({"messages": [USER, {"role": "assistant", "content": "apples " * 2_000_000}]})
    [result] = model.masker(JobSettings(max_length=256, cut_long_rows=cut)).tokenise([long])
    assert isinstance(result, RowTokens if cut else BadLine)


NO_STOP = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
STOP_AFTER_USERS = NO_STOP.replace("m.content +", "m.content + ('<|im_end|>' if m.role == 'user' else '') +")


@only("smollm2")
@pytest.mark.parametrize("template", [NO_STOP, STOP_AFTER_USERS], ids=["no stop", "stop after users alone"])
def test_where_the_template_has_no_stop_token_it_is_put_after_the_answer(model: Model, template: str) -> None:
    model.tokenizer.chat_template = template
    row = model.row(USER, ASSISTANT, *SECOND)
    assert model.learned(row) == [ANSWER + model.stop, "Seven apples." + model.stop]
    assert len(row.sequences) == 1


@only("smollm2")
def test_a_stop_token_that_is_put_in_follows_the_tool_calls(model: Model) -> None:
    model.tokenizer.chat_template = NO_STOP.replace(
        "m.content +", "m.content + (m.tool_calls[0].function.name + '()' if m.tool_calls else '') +"
    )
    call = {"role": "assistant", "content": "Wait: ", "tool_calls": [{"function": {"name": "look", "arguments": {}}}]}
    assert model.learned(model.row(USER, call)) == ["Wait: look()\n" + model.stop]


@only("smollm2")
def test_a_stop_token_that_is_allowed_in_an_answer_does_not_end_it(model: Model) -> None:
    allowing = model.masker(JobSettings(allow_special_tokens=True))
    turns = [USER, {"role": "assistant", "content": "one<|im_end|>two"}]
    [row] = allowing.tokenise([conversation({"messages": turns})])
    assert isinstance(row, RowTokens)
    assert model.learned(row) == ["one<|im_end|>two<|im_end|>"]


@only("smollm2")
def test_a_template_that_does_not_print_an_answer_refuses_the_row(model: Model) -> None:
    model.tokenizer.chat_template = "{% for m in messages %}{{ m.role }}{% endfor %}"
    result = model.result(USER, ASSISTANT)
    assert isinstance(result, BadLine)
    assert "does not print the answer" in result.reason


@only("smollm2")
def test_a_row_of_too_many_messages_is_refused_before_it_takes_long(model: Model) -> None:
    result = model.result(*[USER, ASSISTANT] * 100_000)
    assert isinstance(result, BadLine)
    assert "200,000 messages" in result.reason


@only("smollm2")
def test_special_text_in_tools_is_refused(model: Model) -> None:
    tools = [{"type": "function", "function": {"name": "look", "description": ["<|im_start|>"]}}]
    result = model.result(USER, ASSISTANT, tools=tools)
    assert isinstance(result, BadLine)
    assert "<|im_start|>" in result.reason
