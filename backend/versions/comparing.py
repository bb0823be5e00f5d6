"""Two versions side by side: settings, lineage, and what they answer."""

from collections.abc import Iterator
from typing import Any

import msgspec

from backend.domain.snapshot import Scored
from backend.domain.version import Version, VersionCard
from backend.evolution import folder as runs
from backend.paths import Home
from backend.protocol.keeping import ExampleDifference, SettingDifference, VersionComparison
from backend.store.store import Store
from backend.versions import folder as places


def compare(home: Home, store: Store, one: str, other: str) -> VersionComparison:
    """Raises WrongUse for an unknown version, Damaged where a snapshot inside one cannot be read."""
    first, second = store.versions.get(one), store.versions.get(other)
    common = _common(store, first.card, second.card)
    return VersionComparison(
        one=first.card,
        other=second.card,
        settings=tuple(_settings(first.card, second.card)),
        common=common,
        only_one=_files_since(store, first.card, common),
        only_other=_files_since(store, second.card, common),
        examples=tuple(_examples(home, first, second)),
    )


def _settings(one: VersionCard, other: VersionCard) -> Iterator[SettingDifference]:
    ours, theirs = _flat(one), _flat(other)
    for key in dict.fromkeys((*ours, *theirs)):
        if ours.get(key, "") != theirs.get(key, ""):
            yield SettingDifference(key=key, one=ours.get(key, ""), other=theirs.get(key, ""))


def _flat(card: VersionCard) -> dict[str, str]:
    """Dotted keys as in the settings; where a version's files were trained differently, each value once, in order."""
    values: dict[str, list[str]] = {"base": [card.parent.base], "precision": [card.precision]}
    for key, value in msgspec.to_builtins(card.adapter).items():
        values[f"adapter.{key}"] = [_word(value)]
    for job in card.jobs:
        for key, value in msgspec.to_builtins(job.settings).items():
            values.setdefault(f"job.{key}", []).append(_word(value))
    return {key: ", ".join(dict.fromkeys(words)) for key, words in values.items()}


def _word(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return " ".join(str(each) for each in value)
        case _:
            return str(value)


def _chain(card: VersionCard) -> tuple[str, ...]:
    return (*card.lineage, card.id)


def _common(store: Store, one: VersionCard, other: VersionCard) -> str | None:
    theirs = set(_chain(other))
    shared = [version for version in _chain(one) if version in theirs]
    if shared:
        return shared[-1]
    first, second = _root(store, one), _root(store, other)
    return first[0] if first is not None and second is not None and first[1] == second[1] else None


def _root(store: Store, card: VersionCard) -> tuple[str, str] | None:
    """Slug and hash of the base that the lineage began with; None where its first version is not known any more."""
    oldest = store.versions.find(_chain(card)[0])
    parent = card.parent if not card.lineage else oldest.card.parent if oldest is not None else None
    return None if parent is None else (parent.base, parent.sha256)


def _files_since(store: Store, card: VersionCard, common: str | None) -> tuple[str, ...]:
    chain = _chain(card)
    since = chain[chain.index(common) + 1 :] if common in chain else chain
    known = [card if name == card.id else found.card for name in since if (found := store.versions.find(name))]
    return tuple(job.name for each in known for job in each.jobs)


def _examples(home: Home, one: Version, other: Version) -> Iterator[ExampleDifference]:
    ours, theirs = _last_answers(home, one), _last_answers(home, other)
    for example_id, first in ours.items():
        second = theirs.get(example_id)
        if second is not None:
            yield ExampleDifference(
                example_id=example_id,
                input=first.input,
                expected_output=first.expected_output,
                one_answer=first.model_output,
                other_answer=second.model_output,
                one_loss=first.loss,
                other_loss=second.loss,
                one_right=first.right,
                other_right=second.right,
            )


def _last_answers(home: Home, version: Version) -> dict[str, Scored]:
    """By example, from the last snapshot of each training in it; the later training counts where both have one."""
    found: dict[str, Scored] = {}
    for job in version.card.jobs:
        folder = home.root / version.path / places.EVOLUTION / job.evolution
        taken = runs.steps(folder) if job.evolution else {}
        if taken:
            found |= {each.example_id: each for each in runs.read(taken[max(taken)]).examples}
    return found
