"""Findings of many documents: narrowed, counted, in order. All in SQL, in a constant number of queries."""

from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from departments.models import Department
from indicators.checks import RULES, Severity
from indicators.models import Explanation, Finding
from workflow.models import Status

ANY = "全部"
_YEAR = "run__department_year__fiscal_year__year"
_DEPARTMENT = "run__department_year__department"


class Standing(TextChoices):
    """What became of the 情况说明 of a finding."""

    NONE = "none", "无说明"
    GIVEN = "given", "已说明"
    LAPSED = "lapsed", "已失效"
    ACCEPTED = "accepted", "已采纳"
    REJECTED = "rejected", "不采纳"

    @classmethod
    def of(cls, explanation: Explanation | None, is_current: bool) -> "Standing":
        if explanation is None:
            return cls.NONE
        return _BY_VERDICT[explanation.verdict] if is_current else cls.LAPSED


_BY_VERDICT = {
    Explanation.Verdict.OPEN: Standing.GIVEN,
    Explanation.Verdict.ACCEPTED: Standing.ACCEPTED,
    Explanation.Verdict.REJECTED: Standing.REJECTED,
}


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """What the list is narrowed to; None and '' are any."""

    year: int | None = None
    department: Department | None = None
    rule: str = ""
    severity: Severity | None = None
    standing: Standing | None = None
    text: str = ""

    @property
    def narrows(self) -> bool:
        return self != FindingFilter()

    def described(self) -> tuple[tuple[str, str], ...]:
        """Return the name and the value of every filter, in words."""
        rule = RULES.get(self.rule)
        return (
            ("年度", f"{self.year}年度" if self.year else ANY),
            ("部门", str(self.department) if self.department else ANY),
            ("规则", f"{rule.code} {rule.title}" if rule else ANY),
            ("严重程度", self.severity.label if self.severity else ANY),
            ("情况说明", self.standing.label if self.standing else ANY),
            ("文字", f"“{self.text}”" if self.text else ANY),
        )


def find(findings: QuerySet[Finding], wanted: FindingFilter) -> QuerySet[Finding]:
    """Return those of ``findings`` (what the person may see) that were found and are asked for."""
    found = findings.filter(rule__in=RULES).found().exclude(run__declaration__status=Status.CANCELLED)
    if wanted.year:
        found = found.filter(**{_YEAR: wanted.year})
    if wanted.department:
        found = found.filter(
            Q(**{_DEPARTMENT: wanted.department}) | Q(**{f"{_DEPARTMENT}__parent": wanted.department})
        )
    if wanted.rule:
        found = found.filter(rule=wanted.rule)
    if wanted.severity:
        found = found.filter(severity=wanted.severity)
    if wanted.standing:
        found = with_standing(found).filter(standing=wanted.standing)
    return found.filter(_contains(wanted.text)) if wanted.text else found


def for_list(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """Return the findings in order, the gravest of a document first, with what a list shows of them."""
    gravest = Case(
        *(When(severity=severity, then=Value(-severity.weight)) for severity in Severity),
        output_field=IntegerField(),
    )
    return (
        with_standing(findings)
        .select_related(
            "run__declaration__project",
            "run__department_year__department",
            "run__department_year__fiscal_year",
        )
        .annotate(place=Coalesce("run__declaration__position", 0))
        .order_by(f"-{_YEAR}", f"{_DEPARTMENT}__code", "place", gravest, "rule")
    )


def with_standing(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """Annotate ``standing`` and the ``explained`` text of the 情况说明 of the same rule and document."""
    mine = (
        Explanation.objects.filter(department_year=OuterRef("run__department_year"), rule=OuterRef("rule"))
        .annotate(about=Coalesce("declaration", 0))
        .filter(about=Coalesce(OuterRef("run__declaration"), 0))
    )
    standing = Case(
        When(verdict=None, then=Value(Standing.NONE)),
        When(~Q(explained_hash=F("evidence_hash")), then=Value(Standing.LAPSED)),
        *(When(verdict=verdict, then=Value(standing)) for verdict, standing in _BY_VERDICT.items()),
        output_field=CharField(),
    )
    return findings.annotate(
        verdict=Subquery(mine.values("verdict")),
        explained_hash=Subquery(mine.values("evidence_hash")),
        explained=Subquery(mine.values("text")),
    ).annotate(standing=standing)


def tally(findings: QuerySet[Finding]) -> tuple[tuple[Severity, int], ...]:
    """Return how many there are of each severity, in one query."""
    counts = findings.order_by().aggregate(
        **{severity.value: Count("pk", filter=Q(severity=severity)) for severity in Severity}
    )
    return tuple((severity, counts[severity]) for severity in Severity)


def counts_by_rule(findings: QuerySet[Finding]) -> list[tuple[str, str, int]]:
    """Return (code, title, how many documents) of every rule that found something, the most first."""
    counted = findings.order_by().values_list("rule").annotate(number=Count("pk"))
    return [(code, RULES[code].title, number) for code, number in counted.order_by("-number", "rule")]


def counts_by_department(findings: QuerySet[Finding]) -> QuerySet:
    """Return (code, name of that year or the newest, how many) of every department, the most first."""
    code = f"{_DEPARTMENT}__code"
    counted = findings.order_by().values_list(code, f"{_DEPARTMENT}__name").annotate(number=Count("pk"))
    return counted.order_by("-number", code)


def counts_of_table() -> dict[str, Coalesce]:
    """Return annotations for declarations: how many findings of each severity, by its name.

    ``obstacles`` counts those that still stand in the way of submission.
    """
    found = Finding.objects.found()
    counts = {f"{severity}s": _count(found.filter(severity=severity)) for severity in Severity}
    return {**counts, "obstacles": _count(Finding.objects.blocking())}


def _count(findings: QuerySet[Finding]) -> Coalesce:
    mine = findings.filter(run__declaration=OuterRef("pk")).order_by()
    number = mine.values("run__declaration").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def _contains(text: str) -> Q:
    """Return the condition that what people read of a finding contains ``text``, as it stands."""
    titled = [rule.code for rule in RULES.values() if text in rule.title]
    return (
        Q(run__declaration__name__icontains=text)
        | Q(run__declaration__project__code__icontains=text)
        | Q(run__department_year__name__icontains=text)
        | Q(rule__in=titled)
        | Q(
            pk__in=Finding.objects.annotate(said=Cast("hits", TextField()))
            .filter(said__icontains=text)
            .values("pk")
        )
    )
