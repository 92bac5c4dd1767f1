"""What the form of a list sends: all or what is ticked, and the revisions that the person saw."""

from collections.abc import Iterable

from django.http import QueryDict

NO_NUMBER = -1  # is neither a key nor a revision of anything
_LONGEST = 18  # digits; a longer number is no key and overflows SQLite


def means_all(data: QueryDict) -> bool:
    """True where all is meant that the filter of the list asks for, not only what is ticked."""
    return data.get("scope") == "all"


def number_in(text: str) -> int:
    """Return a key or a revision as it was sent, NO_NUMBER for anything else."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST else NO_NUMBER


def keys_in(texts: Iterable[str]) -> list[int]:
    """Return the keys that were sent; what is none is left out."""
    return [key for key in map(number_in, texts) if key != NO_NUMBER]


def revisions_in(texts: Iterable[str]) -> dict[int, int]:
    """Return revision by primary key, from texts such as 12:3; what has no key is left out."""
    pairs = [text.partition(":") for text in texts]
    found = {number_in(key): number_in(revision) for key, _, revision in pairs}
    return {key: revision for key, revision in found.items() if key != NO_NUMBER}
