"""The past tables most alike a project, of the departments somebody may see.

The tables of a department's year are indexed together and kept until one of them is saved. So an autosave
costs the reading of one year, and a process holds only the years that its users see.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Max, Sum

from indicators.checks.texts import bigrams
from indicators.recommendation.query import ProjectText, runs_of, without_parts, words_in
from indicators.recommendation.ranking import TermIndex
from projects.models import Declaration, DepartmentYear

MOST_SIMILAR = 8
LEAST_LIKENESS = 0.1
MOST_TABLES_KEPT = 40_000  # in the memory of a process; the years used longest ago go first
READ_AT_ONCE = 50  # years
MOST_SHOWN = 5
MOST_PAIRS = 200  # of letters, that a project is compared by: bounds the time
Stamp = tuple[int, ...]
Postings = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class SimilarTable:
    """A declaration, how alike it is in percent, and the words both have, the most telling first."""

    declaration: Declaration
    percent: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Year:
    """The tables of a department's year: the places in ``keys`` of those that have a pair of letters.

    Tuples of numbers are what the garbage collector need not look through: there are many.
    """

    stamp: Stamp
    keys: tuple[int, ...]
    names: Postings
    texts: Postings

    @classmethod
    def of(cls, stamp: Stamp, tables: Mapping[int, ProjectText]) -> "_Year":
        names = _postings(text.title_pairs for text in tables.values())
        texts = _postings(text.pairs for text in tables.values())
        return cls(stamp, tuple(tables), names, texts)


_years: OrderedDict[int, _Year] = OrderedDict()
_lock = threading.Lock()


def similar_tables(declaration: Declaration, user, *, known: TermIndex) -> list[SimilarTable]:
    """Return the tables alike in earlier years, then those of the same year, the most alike first.

    ``known`` are the words that shared text is told in; other shared text is told as it stands.
    """
    text = _text_of(declaration)
    year = declaration.department_year.fiscal_year.year
    alike = _likenesses(text, _years_seen(user, year))
    alike.pop(declaration.pk, None)
    best = sorted(alike, key=lambda pk: (-alike[pk], pk))
    found = (
        Declaration.objects.visible_to(user)
        .select_related("department_year__department", "department_year__fiscal_year")
        .annotate(rows=Count("indicators"))
        .in_bulk(best[:MOST_SIMILAR])
    )
    own = words_in(f"{text.title}\n{text.body}", known)
    similar = [
        SimilarTable(found[pk], round(alike[pk] * 100), _shared_words(text, own, found[pk], known))
        for pk in best
        if pk in found
    ]
    return sorted(similar, key=lambda one: one.declaration.department_year.fiscal_year.year == year)


def _years_seen(user, year: int) -> list[_Year]:
    """Return the years up to this one of the departments that ``user`` sees, as they are now."""
    filed = DepartmentYear.objects.visible_to(user).filter(fiscal_year__year__lte=year)
    by_year = (
        Declaration.objects.filter(department_year__in=filed.order_by()).order_by().values("department_year")
    )
    rows = by_year.annotate(tables=Count("pk"), newest=Max("pk"), saves=Sum("revision"))
    stamps = {
        pk: tuple(stamp) for pk, *stamp in rows.values_list("department_year", "tables", "newest", "saves")
    }
    with _lock:
        stale = [pk for pk, stamp in stamps.items() if pk not in _years or _years[pk].stamp != stamp]
        _years.update(_read(stale, stamps))
        seen = [_years[pk] for pk in stamps]
        for pk in stamps:
            _years.move_to_end(pk)
        _forget(besides=len(seen))
    return seen


def _read(stale: list[int], stamps: Mapping[int, Stamp]) -> dict[int, _Year]:
    read = {}
    for start in range(0, len(stale), READ_AT_ONCE):
        tables: dict[int, dict[int, ProjectText]] = {pk: {} for pk in stale[start : start + READ_AT_ONCE]}
        wanted = Declaration.objects.filter(department_year__in=tables).order_by("pk")
        for filed, pk, *texts in wanted.values_list("department_year", "pk", "name", "purpose", "goal"):
            tables[filed][pk] = ProjectText(*texts)
        read.update((pk, _Year.of(stamps[pk], texts)) for pk, texts in tables.items())
    return read


def _postings(documents: Iterable[frozenset[str]]) -> Postings:
    places: dict[str, list[int]] = {}
    for place, pairs in enumerate(documents):
        for pair in pairs:
            places.setdefault(pair, []).append(place)
    return {pair: tuple(having) for pair, having in places.items()}


def _forget(*, besides: int) -> None:
    """Drop the years used longest ago until what is left fits; the last ``besides`` are in use."""
    kept = sum(len(year.keys) for year in _years.values())
    while kept > MOST_TABLES_KEPT and len(_years) > besides:
        _, dropped = _years.popitem(last=False)
        kept -= len(dropped.keys)


def _likenesses(text: ProjectText, years: list[_Year]) -> dict[int, float]:
    """Return for the tables alike which part of this project's text they have, 1 for all: half for the name.

    Every pair of letters counts by its rarity (idf) among the tables; of a long text the rarest do.
    """
    scores = [[0.0] * len(year.keys) for year in years]
    for pairs, postings in (
        (text.title_pairs, [year.names for year in years]),
        (text.pairs, [year.texts for year in years]),
    ):
        weights = _weights(pairs, postings, sum(len(year.keys) for year in years))
        for of_year, posted in zip(scores, postings, strict=True):
            for pair in posted.keys() & weights.keys():
                weight = weights[pair]
                for place in posted[pair]:
                    of_year[place] += weight
    return {
        key: score
        for year, of_year in zip(years, scores, strict=True)
        for key, score in zip(year.keys, of_year, strict=True)
        if score >= LEAST_LIKENESS
    }


def _weights(pairs: frozenset[str], postings: list[Postings], size: int) -> dict[str, float]:
    """Return the share of each of the most telling pairs in half of the whole."""
    having = dict.fromkeys(pairs, 0)
    for posted in postings:
        for pair in posted.keys() & pairs:
            having[pair] += len(posted[pair])
    rarity = {pair: _rarity(size, count) for pair, count in having.items()}
    telling = sorted(rarity, key=lambda pair: (-rarity[pair], pair))[:MOST_PAIRS]
    total = sum(rarity[pair] for pair in telling)
    return {pair: rarity[pair] / total / 2 for pair in telling}


def _rarity(size: int, having: int) -> float:
    return math.log1p((size - having + 0.5) / (having + 0.5))


def _shared_words(text: ProjectText, own: set[str], other: Declaration, known: TermIndex) -> tuple[str, ...]:
    theirs = _text_of(other)
    written = f"{theirs.title}\n{theirs.body}".lower()
    words = without_parts(word for word in own if word in written)
    words.sort(key=lambda word: (-known.rarity(word) * len(word), word))
    runs = runs_of(text.title, bigrams(theirs.title))
    return tuple(without_parts((*runs, *words)))[:MOST_SHOWN]


def _text_of(declaration: Declaration) -> ProjectText:
    return ProjectText(declaration.name, declaration.purpose, declaration.goal)
