"""The result of one check."""

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """`ok` False is a fault; `hint` says what to do about it. A note that is no fault has a hint too."""

    name: str
    ok: bool
    text: str
    hint: str = ""
