"""Finding indicators in the library: filtered, searched in Chinese or by pinyin initials, most used first.

Everything is SQL in a constant number of queries.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from departments.models import Department
from departments.permissions import may_keep_library, preparable_by
from indicators.checks.texts import bigrams
from indicators.library_tiers import Tier, kept_under
from indicators.models import LibraryIndicator, LibraryUse, SecondTier

ANY = "全部"
MOST_TERMS = 6  # of a search; what follows is left out
LONGEST_TERM = 20
MOST_ALIKE = 5
ALIKE = 0.6  # of the pairs of letters of both names; 培训人员合格率 and 参训人员合格率 have 0.67
_LATIN = re.compile(r"[a-z0-9.]+")
_PART = 2  # letters that a part of a term has at least: 培训合格 is 培训 and 合格
Standing = LibraryIndicator.Standing


@dataclass(frozen=True, slots=True)
class LibraryFilter:
    """What the library is narrowed to; '' is any. ``tier`` is a second tier of the library."""

    text: str = ""
    tier: str = ""
    sector: str = ""
    standing: Standing = Standing.APPROVED

    @property
    def narrows(self) -> bool:
        return self != LibraryFilter()

    def described(self) -> tuple[tuple[str, str], ...]:
        """Return the name and the value of every filter, in words."""
        return (
            ("文字", f"“{self.text}”" if self.text else ANY),
            ("二级指标", self.tier or ANY),
            ("行业领域", self.sector or ANY),
            ("状态", self.standing.label),
        )


def visible_to(user) -> QuerySet[LibraryIndicator]:
    """Return what ``user`` reads: what is or was in the library, own proposals; all for who keeps it."""
    if may_keep_library(user):
        return LibraryIndicator.objects.all()
    in_library = Q(standing__in=(Standing.APPROVED, Standing.RETIRED))
    return LibraryIndicator.objects.filter(
        in_library | Q(proposed_by=user) | Q(proposed_for__in=preparable_by(user).values("pk"))
    )


def find(indicators: QuerySet[LibraryIndicator], wanted: LibraryFilter) -> QuerySet[LibraryIndicator]:
    """Return those of ``indicators`` that are asked for."""
    found = indicators.filter(standing=wanted.standing)
    if wanted.tier:
        found = found.filter(second_tier=wanted.tier)
    if wanted.sector:
        found = found.filter(sector=wanted.sector)
    return matching(found, wanted.text)


def under_tier(
    indicators: QuerySet[LibraryIndicator], tier: str, tiers: Sequence[Tier]
) -> QuerySet[LibraryIndicator]:
    """Return those that stand under a second tier of a frame, of which ``tiers`` are all."""
    return indicators.filter(second_tier__in=kept_under(tier, tiers)) if tier else indicators


def matching(indicators: QuerySet[LibraryIndicator], text: str) -> QuerySet[LibraryIndicator]:
    """Return those in which every term of a search (separated by blanks) is found."""
    for term in terms_of(text):
        indicators = indicators.filter(_contains(term))
    return indicators


def most_used_first(
    indicators: QuerySet[LibraryIndicator], *, departments: Iterable[Department], text: str = ""
) -> QuerySet[LibraryIndicator]:
    """Return them in order: most used by these departments, most used by all, best match; ``used_here`` says
    how often these departments took each."""
    uses = LibraryUse.objects.filter(indicator=OuterRef("pk"), department__in=departments).order_by()
    total = uses.values("indicator").annotate(total=Sum("count")).values("total")
    return indicators.annotate(
        used_here=Coalesce(Subquery(total, output_field=IntegerField()), 0), match=_match(text)
    ).order_by("-used_here", "-usage_count", "match", "sector", "name", "pk")


def terms_of(text: str) -> list[str]:
    """Return what a search asks for, term by term."""
    return [term[:LONGEST_TERM] for term in text.lower().split()[:MOST_TERMS]]


def _contains(term: str) -> Q:
    """Return the condition that an indicator has ``term``: whole, in two parts, or as its initials.

    ``words`` hold the name and the keywords as they are, so that one column is looked at.
    """
    found = Q(words__contains=term)
    if _LATIN.fullmatch(term):
        return found | Q(initials__contains=term)
    for end in range(_PART, len(term) - _PART + 1):
        found |= Q(words__contains=term[:end]) & Q(words__contains=term[end:])
    return found


def _match(text: str) -> Case | Value:
    """Return how well the name fits a search: 0 is the same, 3 is found elsewhere only."""
    terms = terms_of(text)
    if not terms:
        return Value(0)
    term = terms[0]
    return Case(
        When(name__iexact=term, then=0),
        When(Q(name__istartswith=term) | Q(initials__startswith=term), then=1),
        When(name__icontains=term, then=2),
        default=3,
        output_field=IntegerField(),
    )


def sectors() -> list[str]:
    """Return the 行业领域 of the indicators in the library."""
    kept = LibraryIndicator.objects.filter(standing=Standing.APPROVED).exclude(sector="")
    return list(kept.order_by("sector").values_list("sector", flat=True).distinct())


def library_tiers() -> list[Tier]:
    """Return the tiers an indicator of the library may have: those of all frames, the newest first."""
    tiers = SecondTier.objects.order_by("-first_tier__frame__code", "first_tier__position", "position")
    named: dict[str, str] = {}
    for first, second in tiers.values_list("first_tier__name", "name"):
        named.setdefault(second, first)
    order = list(dict.fromkeys(named.values()))
    return sorted(((first, second) for second, first in named.items()), key=lambda tier: order.index(tier[0]))


def alike(name: str, user, *, besides: int | None = None) -> list[LibraryIndicator]:
    """Return the indicators of all tiers that ``user`` reads whose names are nearly ``name``, best first."""
    kept = visible_to(user).filter(standing__in=(Standing.APPROVED, Standing.PROPOSED)).exclude(pk=besides)
    scores = {pk: likeness(name, other) for pk, other in kept.values_list("pk", "name")}
    best = sorted((pk for pk, score in scores.items() if score >= ALIKE), key=lambda pk: (-scores[pk], pk))
    found = LibraryIndicator.objects.in_bulk(best[:MOST_ALIKE])
    return [found[pk] for pk in best[:MOST_ALIKE]]


def likeness(name: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1 (the same), by their pairs of letters."""
    if name == other:
        return 1.0
    mine, yours = bigrams(name), bigrams(other)
    return 2 * len(mine & yours) / (len(mine) + len(yours)) if mine and yours else 0.0


def uses_by_department(indicator: LibraryIndicator, user) -> QuerySet[LibraryUse]:
    """Return how often each department that ``user`` sees took an indicator, the most first."""
    return (
        indicator.uses.filter(department__in=Department.objects.visible_to(user))
        .select_related("department")
        .order_by("-count", "department__code")
    )


def waiting() -> QuerySet[LibraryIndicator]:
    """Return the proposals the finance bureau has to decide on, the oldest first."""
    return LibraryIndicator.objects.filter(standing=Standing.PROPOSED).order_by("pk")


def decided_proposals() -> QuerySet[LibraryIndicator]:
    """Return the proposals that were decided, the newest decision first."""
    proposed = LibraryIndicator.objects.exclude(proposed_by=None).exclude(standing=Standing.PROPOSED)
    return proposed.select_related("proposed_by", "proposed_for", "decided_by").order_by("-decided_at")
