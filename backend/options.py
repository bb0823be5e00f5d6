"""Every setting as data: its key, type, value, default, and the line that says what it does."""

import typing
from collections.abc import Iterator
from typing import Any

import msgspec


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One setting. `type` is the plain type; a number lies between `least` and `most` where these are given."""

    key: str
    type: Any
    value: object
    default: object
    description: str
    least: float | None = None
    most: float | None = None


def options(group: msgspec.Struct, prefix: str = "") -> Iterator[Option]:
    """All settings of a group and of the groups inside it, in the order in which they are declared."""
    hints = typing.get_type_hints(type(group), include_extras=True)
    defaults = type(group)()
    for name in group.__struct_fields__:
        value = getattr(group, name)
        if isinstance(value, msgspec.Struct):
            yield from options(value, f"{prefix}{name}.")
            continue
        plain, metas = _plain(hints[name])
        yield Option(
            key=f"{prefix}{name}",
            type=plain,
            value=value,
            default=getattr(defaults, name),
            description=" ".join(meta.description for meta in metas if meta.description),
            least=next((meta.ge for meta in metas if meta.ge is not None), None),
            most=next((meta.le for meta in metas if meta.le is not None), None),
        )


def _plain(hint: Any) -> tuple[Any, list[msgspec.Meta]]:
    if typing.get_origin(hint) is not typing.Annotated:
        return hint, []
    plain, *extras = typing.get_args(hint)
    return plain, [meta for meta in extras if isinstance(meta, msgspec.Meta)]
