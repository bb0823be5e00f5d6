"""Numbers, durations and sizes as people read them; everything that the window shows as a figure goes through here."""

import datetime
import math

NOTHING = "\N{EN DASH}"
_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def loss(value: float | None) -> str:
    """Nats per supervised token with four places, or a dash; NaN stays visible."""
    if value is None:
        return NOTHING
    return "NaN" if math.isnan(value) else f"{value:.4f}"


def rate(value: float | None) -> str:
    """A learning rate such as 2.0e-4."""
    if value is None:
        return NOTHING
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def whole(value: int | float | None) -> str:
    """A count with separated thousands."""
    return NOTHING if value is None else f"{value:,.0f}"


def step(done: int | None, total: int | None) -> str:
    """Steps done of all, for example 120 / 300."""
    if done is None:
        return NOTHING
    return f"{done:,} / {total:,}" if total else f"{done:,}"


def epoch(value: float | None) -> str:
    """Epochs with two places."""
    return NOTHING if value is None else f"{value:.2f}"


def speed(tokens_per_second: float | None) -> str:
    """Tokens per second with its unit."""
    return NOTHING if tokens_per_second is None else f"{tokens_per_second:,.0f} tokens/s"


def duration(seconds: float | None) -> str:
    """The two largest units, as in 3 h 05 min."""
    if seconds is None or math.isnan(seconds) or math.isinf(seconds):
        return NOTHING
    whole_seconds = max(0, round(seconds))
    if whole_seconds < _MINUTE:
        return f"{whole_seconds} s"
    if whole_seconds < _HOUR:
        return f"{whole_seconds // _MINUTE} min {whole_seconds % _MINUTE:02d} s"
    if whole_seconds < _DAY:
        return f"{whole_seconds // _HOUR} h {whole_seconds % _HOUR // _MINUTE:02d} min"
    return f"{whole_seconds // _DAY} d {whole_seconds % _DAY // _HOUR:02d} h"


def size(number: int | None) -> str:
    """Bytes in decimal units, as disks are sold and file managers show them."""
    if number is None:
        return NOTHING
    value = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def count(number: int, one: str, many: str) -> str:
    """A count with its noun: 1 file, 12 files."""
    return f"{number:,} {one if number == 1 else many}"


def ordinal(number: int) -> str:
    """A place in the queue as a word where it is short: first to tenth, then 11th."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    if 1 <= number <= len(words):
        return words[number - 1]
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def shortened(words: str, longest: int) -> str:
    """At most so many characters, the middle left out, for both ends of a file's name tell it apart."""
    if len(words) <= longest:
        return words
    tail = (longest - 1) // 2
    return f"{words[: longest - 1 - tail]}…{words[len(words) - tail :]}"


def moment(at: str) -> str:
    """A stored time, UTC in ISO 8601, as the user's own, to the second; as it stands where it is none."""
    try:
        return f"{datetime.datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return at
