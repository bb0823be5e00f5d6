"""Find the text of special tokens in content, where it would end an answer or fake a role."""

import re
from collections.abc import Iterable

from transformers import PreTrainedTokenizerBase

from backend.datasets.rows import RowRefused
from backend.domain.conversation import Conversation
from backend.domain.dataset import Fault


class SpecialText:
    """Refuses rows whose own content spells a special token of one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        added = (str(token) for token in tokenizer.added_tokens_decoder.values() if token.special)
        spelled = sorted({*tokenizer.all_special_tokens, *added} - {""}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, spelled))) if spelled else None

    def require_none(self, conversation: Conversation) -> None:
        """Raises RowRefused naming the first one found."""
        if self._pattern is None:
            return
        for text in _texts(conversation):
            if found := self._pattern.search(text):
                raise RowRefused(
                    f"The content spells the special token {found.group()}.",
                    "Remove it from the text, or allow special tokens for this job.",
                    Fault.SPECIAL_TOKEN,
                )


def _texts(conversation: Conversation) -> Iterable[str]:
    for turn in conversation.turns:
        yield turn.content
        yield from filter(None, (turn.reasoning_content, turn.name, turn.tool_call_id))
        yield from _strings(turn.tool_calls)
    yield from _strings(conversation.tools)


def _strings(value: object) -> Iterable[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            waiting += item
