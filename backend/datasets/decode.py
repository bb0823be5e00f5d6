"""From the bytes of one row to a Conversation or a BadLine; nothing in the bytes can raise."""

import msgspec

from backend.datasets.lines import LINE_LIMIT
from backend.datasets.rows import PlainRow, Row, RowRefused, normalise, plain
from backend.domain.conversation import Conversation
from backend.domain.dataset import BadLine, Fault

_PLAIN = msgspec.json.Decoder(PlainRow)
_PLAIN_START = b'{"messages"'
_ROW = msgspec.json.Decoder(Row)
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SHAPES = (
    ("messages", "tools", "system"),
    ("conversations", "tools", "system"),
    ("prompt", "completion", "tools", "system"),
    ("instruction", "input", "output", "system", "history"),
    ("text",),
)


def decode(line: int, content: bytes | None) -> Conversation | BadLine:
    """One row. `content` None means that it was too long to be read."""
    if content is None:
        limit = LINE_LIMIT >> 20
        return bad(line, f"It is longer than {limit} MB.", "Split it, and check that each row has its own line.")
    if content.startswith(_PLAIN_START) and (row := _plain(content, line)) is not None:
        return row
    try:
        return normalise(_typed(content), line)
    except RowRefused as refused:
        return bad(line, refused.reason, refused.remedy, refused.fault)
    except UnicodeDecodeError as error:
        return bad(line, f"It is not UTF-8 (byte {error.start + 1}).", "Save the file as UTF-8.")
    except RecursionError:
        return bad(line, "It is nested too deeply.", "Remove the row.")
    except msgspec.ValidationError as error:
        return bad(line, f"{_sentence(error)}.", "Correct the field, or remove the row.")
    except msgspec.DecodeError as error:
        return bad(line, f"It is not one whole JSON object: {_sentence(error)}.", _remedy(content))


def bad(line: int, reason: str, remedy: str, fault: Fault = Fault.FORM) -> BadLine:
    return BadLine(line=line, reason=reason, remedy=remedy, fault=fault)


def _plain(content: bytes, line: int) -> Conversation | None:
    """The quick way for most rows; what it does not take is read again with all care."""
    try:
        return plain(_PLAIN.decode(content), line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _typed(content: bytes) -> Row:
    try:
        return _ROW.decode(content)
    except msgspec.ValidationError:
        return _only_its_shape(content)


def _only_its_shape(content: bytes) -> Row:
    """Decode again without the fields of other shapes: a messages row may have a column `text` of numbers."""
    fields = _FIELDS.decode(content)
    for shape in _SHAPES:
        if shape[0] in fields and (shape[0] != "prompt" or "completion" in fields or "output" not in fields):
            kept = {name: fields[name] for name in shape if name in fields}
            return _ROW.decode(msgspec.json.encode(kept))
    return _ROW.decode(content)


def _sentence(error: Exception) -> str:
    return str(error).replace("`", "").removeprefix("JSON is malformed: ")


def _remedy(content: bytes) -> str:
    head, tail = content.lstrip()[:1], content.rstrip()[-1:]
    if head == b"{" and tail != b"}":
        return "The line seems to be cut off: restore its end, or remove it."
    return "Write each row as one JSON object on a line of its own."
