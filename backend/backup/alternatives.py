"""What to take instead of a copy that is not whole: another place of the same backup, or another backup."""

from backend.backup import checking, rule
from backend.domain.backup import Backup, Place
from backend.store.store import Store


def hint(store: Store, backup: Backup) -> str:
    """Names one by its id, for people who have just been refused."""
    known = store.backups.find(backup.id) or backup
    for place in Place:
        state = checking.state_of(known, place)
        if state is not None and rule.is_verified_copy(known, state):
            return f"Its other copy is whole: `espalier backup restore {known.id} --from {place}`."
    other = best(store, known)
    if other is None:
        return "No other backup of it is whole; what is damaged stays for you to look at."
    same = "the same bytes" if other.card.content_sha256 == known.card.content_sha256 else "it at another time"
    return f"Backup {other.id} holds {same}: `espalier backup restore {other.id}`."


def best(store: Store, backup: Backup) -> Backup | None:
    """The newest verified one with the same bytes, else the newest of the same thing."""
    others = [one for one in store.backups.all() if one.id != backup.id and rule.is_verified(one)]
    card = backup.card
    same = [one for one in others if one.card.content_sha256 == card.content_sha256]
    alike = [one for one in others if (one.card.subject, one.card.of) == (card.subject, card.of)]
    found = same or alike
    return found[-1] if found else None
