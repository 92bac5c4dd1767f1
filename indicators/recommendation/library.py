"""The indicators of the library most alike a project, grouped by the second tiers of its table."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Max

from indicators.library_tiers import Fit, Tier, fit_tier
from indicators.models import LibraryIndicator
from indicators.recommendation.query import EMPTY, ProjectText, without_parts
from indicators.recommendation.ranking import Match, TermIndex
from trail.models import Entry

PER_TIER = 4
#: Tiers that every table needs in principle (财预〔2021〕101号): where one is missing, less likeness will do.
EXPECTED = ("数量指标", "质量指标", "服务对象满意度指标")
#: A recommendation reaches this part of the best score of all, and that part of the best under its tier.
FLOOR, LOWER_FLOOR, FLOOR_OF_TIER = 0.15, 0.08, 0.45
MOST_SHOWN = 4  # shared words
SMALLEST_SHARE = 0.02
TRAIL_KIND = "library"  # every write to the library is recorded as this
_PLACES = (("name", 3.0), ("keywords", 2.5), ("funding_use", 1.5), ("subsector", 1.0), ("sector", 0.7))
Stamp = tuple[int | None, ...]


class Reason(NamedTuple):
    """A shared word and its share (in percent) of the likeness."""

    word: str
    percent: int


@dataclass(frozen=True, slots=True)
class RecommendedIndicator:
    """An indicator of the library, why, and the tier it takes in the table."""

    indicator: LibraryIndicator
    reasons: tuple[Reason, ...]
    fit: Fit


@dataclass(frozen=True, slots=True)
class TierGroup:
    """The recommendations under one second tier of the table's frame; ``is_missing``: the table has none."""

    first_tier: str
    second_tier: str
    is_missing: bool
    rows: tuple[RecommendedIndicator, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    stamp: Stamp
    terms: TermIndex
    keys: tuple[int, ...]
    tiers: tuple[str, ...]
    names: tuple[str, ...]


_latest: _Index | None = None
_building = threading.Lock()


def recommend_indicators(
    text: ProjectText, *, tiers: Sequence[Tier], kept: Mapping[str, Sequence[str]]
) -> list[TierGroup]:
    """Return the groups, those the table has no indicator of first, then in the order of the frame.

    ``tiers`` are those of the table's frame; ``kept`` names the table's indicators by second tier.
    """
    index = library_index()
    scores, used = index.terms.scores(text.words(index.terms))
    chosen = _choose(index, scores, tiers, kept)
    found = LibraryIndicator.objects.in_bulk(
        [index.keys[number] for numbers in chosen.values() for number in numbers]
    )
    groups = [
        TierGroup(
            first,
            second,
            not kept.get(second),
            tuple(
                RecommendedIndicator(
                    found[index.keys[number]],
                    _reasons(index.terms.match(number, scores[number], used)),
                    fit_tier(index.tiers[number], tiers),
                )
                for number in chosen.get(second, ())
                if index.keys[number] in found
            ),
        )
        for first, second in tiers
    ]
    return sorted((group for group in groups if group.rows), key=lambda group: not group.is_missing)


def library_index() -> _Index:
    """Return the index of the library as it is now: built once in a process, again after each change."""
    global _latest
    stamp = _stamp()
    if _latest is None or _latest.stamp != stamp:
        with _building:
            if _latest is None or _latest.stamp != stamp:
                _latest = _build(stamp)
    return _latest


def words_known() -> TermIndex:
    """Return the words of the library with their rarity."""
    return library_index().terms


def _stamp() -> Stamp:
    """Return what changes with every change of the library; read before its rows, so that none is missed."""
    approved = LibraryIndicator.objects.filter(standing=LibraryIndicator.Standing.APPROVED)
    kept = approved.order_by().aggregate(count=Count("pk"), newest=Max("pk"))
    written = Entry.objects.filter(kind=TRAIL_KIND).aggregate(count=Count("pk"), newest=Max("sequence"))
    return (*kept.values(), *written.values())


def _build(stamp: Stamp) -> _Index:
    fields = ("pk", "second_tier", "words", *(name for name, _ in _PLACES))
    approved = LibraryIndicator.objects.filter(standing=LibraryIndicator.Standing.APPROVED)
    rows = list(approved.order_by("pk").values_list(*fields))
    return _Index(
        stamp,
        TermIndex(_weights(words, texts) for _, _, words, *texts in rows),
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        tuple(row[3] for row in rows),
    )


def _weights(words: str, texts: Sequence[str]) -> dict[str, float]:
    """Return the words of a row with their weight: that of the most telling field a word stands in."""
    lowered = [(text.lower(), weight) for text, (_, weight) in zip(texts, _PLACES, strict=True)]
    return {
        word: next((weight for text, weight in lowered if word in text), 1.0)
        for word in words.split()
        if word not in EMPTY
    }


def _choose(
    index: _Index, scores: Sequence[float], tiers: Sequence[Tier], kept: Mapping[str, Sequence[str]]
) -> dict[str, list[int]]:
    """Return the best rows under each second tier of the frame, no name twice and none the table has."""
    best = max(scores, default=0.0)
    if not best:
        return {}
    fits = {tier: fit_tier(tier, tiers) for tier in set(index.tiers)}
    chosen: dict[str, list[int]] = {}
    names = {name for under in kept.values() for name in under}
    able = (number for number, score in enumerate(scores) if score >= best * LOWER_FLOOR)
    for number in sorted(able, key=lambda number: (-scores[number], number)):
        fit = fits[index.tiers[number]]
        if not fit or index.names[number] in names:
            continue
        under = chosen.setdefault(fit.second_tier, [])
        floor = scores[under[0]] * FLOOR_OF_TIER if under else best * _floor(fit.second_tier, kept)
        if len(under) < PER_TIER and scores[number] >= floor:
            under.append(number)
            names.add(index.names[number])
    return chosen


def _floor(tier: str, kept: Mapping[str, Sequence[str]]) -> float:
    return LOWER_FLOOR if tier in EXPECTED and not kept.get(tier) else FLOOR


def _reasons(match: Match) -> tuple[Reason, ...]:
    """Return the longest shared words; the share of a word goes to the longest one it is part of."""
    shares = dict(match.shares)
    words = without_parts(shares)
    told = dict.fromkeys(words, 0.0)
    for word, share in shares.items():
        told[next(whole for whole in words if word in whole)] += share
    reasons = sorted(told.items(), key=lambda item: (-item[1], item[0]))[:MOST_SHOWN]
    return tuple(Reason(word, round(share * 100)) for word, share in reasons if share >= SMALLEST_SHARE)
